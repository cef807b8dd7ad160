package dev.custodian.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The stores of this machine. Each is tried once, when it is first asked for: a key is made, used
/// and thrown away, within a time limit; a card without its management key, or one that deletes
/// nothing, is only asked what it holds. The best kind comes first: TPM, else card, else software.
public final class DeviceKeys implements AutoCloseable {
    /// Time for a store to be opened and tried: a real TPM takes a second or two, a passphrase one.
    public static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<StoreSource> sources;
    private final Duration limit;
    private final Map<StoreSource, Found> found = new HashMap<>();

    private DeviceKeys(List<StoreSource> sources, Duration limit) {
        this.sources = sources.stream().sorted(Comparator.comparing(StoreSource::kind)).toList();
        this.limit = limit;
    }

    public static DeviceKeys of(List<StoreSource> sources) {
        return of(sources, LIMIT);
    }

    /// The same with a time limit of one's own.
    ///
    /// @param limit for each store
    public static DeviceKeys of(List<StoreSource> sources, Duration limit) {
        return new DeviceKeys(sources, limit);
    }

    private Found look(StoreSource source) {
        return found.computeIfAbsent(source, _ -> new Probe(source, limit).run());
    }

    /// What there is, the best kind first.
    public synchronized List<Found> list() {
        return sources.stream().map(this::look).toList();
    }

    /// The best store that can be used, and why nothing better; does not look further.
    ///
    /// @throws DeviceException `STORE_ABSENT` when there is none; it tells of each
    public synchronized Choice best() throws DeviceException {
        var passedOver = new ArrayList<Found.Unusable>();
        for (var source : sources) {
            switch (look(source)) {
                case Found.Usable usable -> {
                    return new Choice(usable.store(), passedOver);
                }
                case Found.Unusable unusable -> passedOver.add(unusable);
            }
        }
        throw new DeviceException(
                DeviceFailure.STORE_ABSENT,
                String.join(" ", passedOver.stream().map(Found.Unusable::sentence).toList()));
    }

    /// Opens a key of whichever store has it.
    ///
    /// @throws DeviceException `KEY_UNKNOWN` when none has; where a store of that kind cannot be
    ///   used, what is wrong with it: it may have the key
    public synchronized DeviceKey open(KeyUri uri) throws DeviceException {
        var kind =
                switch (uri) {
                    case KeyUri.TpmFile _ -> StoreKind.TPM;
                    case KeyUri.PivSlot _ -> StoreKind.CARD;
                    case KeyUri.SoftwareFile _ -> StoreKind.SOFTWARE;
                };
        var failure = new DeviceException(DeviceFailure.KEY_UNKNOWN, uri + " is in no store here.");
        for (var source : sources) {
            if (source.kind() != kind) {
                continue;
            }
            switch (look(source)) {
                case Found.Usable usable -> {
                    try {
                        return usable.store().open(uri);
                    } catch (DeviceException e) {
                        if (e.failure() != DeviceFailure.KEY_UNKNOWN) {
                            throw e;
                        }
                    }
                }
                case Found.Unusable unusable -> failure = unusable.failure();
            }
        }
        throw failure;
    }

    /// Closes every store that was opened.
    @Override
    public synchronized void close() {
        for (var one : found.values()) {
            if (one instanceof Found.Usable usable) {
                usable.store().close();
            }
        }
    }
}
