package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceNumber;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.core.identity.OwnerAddress;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Change;
import dev.custodian.core.json.Json;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The owner's devices: which there are, which wait, and what this one approves about them.
///
/// The list is what the server says; each change of it is believed only when it stands in the
/// owner's chain, and what others changed is in [#news()].
public final class Devices {
    /// What the key of a new device is journalled under.
    static final String SPKI = "spki";

    private final DeviceSession session;
    private final Journal journal;
    private final OwnerChange changes;

    public Devices(DeviceSession session, Journal journal, SecureRandom random) {
        this.session = session;
        this.journal = journal;
        this.changes = new OwnerChange(session, journal, random);
    }

    /// One device.
    ///
    /// @param name what it calls itself; may be empty
    /// @param active whether it is enrolled now; otherwise it was removed
    /// @param seen when it last logged in
    /// @param verdict how well its key is kept, as it said or as the server proved; null when
    ///   nothing is known
    public record Device(
            Id id,
            String name,
            boolean active,
            Instant created,
            @Nullable Instant seen,
            @Nullable DeviceVerdict verdict) {}

    /// A new device that waits for an approval.
    ///
    /// @param thumbprint of its key
    /// @param number what its screen shows too, if it is the one that it says
    /// @param verdict how well its key is kept, as it says; null when it says nothing
    public record Waiting(
            Id device,
            String name,
            Bytes thumbprint,
            String number,
            Instant until,
            @Nullable DeviceVerdict verdict) {}

    /// A recovery under way, by somebody who knows the recovery code.
    ///
    /// @param thumbprint of the key that waits
    /// @param due when it can be completed
    public record Recovering(Bytes thumbprint, Instant due) {}

    /// All of it.
    public record Status(
            List<Device> devices, List<Waiting> waiting, @Nullable Recovering recovery) {
        public Status {
            devices = List.copyOf(devices);
            waiting = List.copyOf(waiting);
        }
    }

    /// Asks the server.
    public Status status() throws Refused {
        var answer = session.call("owner/devices", Json.object().build()).orRefused();
        var devices = new ArrayList<Device>();
        for (var part : answer.parts("devices")) {
            devices.add(
                    new Device(
                            part.id(Id.Kind.DEVICE, "device"),
                            Answer.clean(part.textOrEmpty("name")),
                            part.text("state").equals("active"),
                            time(part, "created"),
                            part.has("seen") ? time(part, "seen") : null,
                            verdict(part)));
        }
        var waiting = new ArrayList<Waiting>();
        for (var part : answer.parts("waiting")) {
            var device = part.id(Id.Kind.DEVICE, "device");
            var thumbprint = DeviceNumber.thumbprint(part.bytes(SPKI));
            waiting.add(
                    new Waiting(
                            device,
                            Answer.clean(part.textOrEmpty("name")),
                            thumbprint,
                            DeviceNumber.of(thumbprint, device),
                            time(part, "until"),
                            verdict(part)));
        }
        var recovery = answer.inner("recovery");
        return new Status(
                devices,
                waiting,
                answer.has("recovery")
                        ? new Recovering(
                                DeviceNumber.thumbprint(recovery.bytes(SPKI)),
                                time(recovery, "due"))
                        : null);
    }

    /// A word of a newer version is as if nothing was known.
    private static @Nullable DeviceVerdict verdict(Part part) {
        var text = part.textOrEmpty("verdict");
        for (var verdict : DeviceVerdict.values()) {
            if (verdict.name().equals(text)) {
                return verdict;
            }
        }
        return null;
    }

    static Instant time(Part part, String name) throws Refused {
        try {
            return Instant.parse(part.text(name));
        } catch (DateTimeException e) {
            throw part.broken(name, "a time");
        }
    }

    /// What a further device joins by, and a recovery begins with. It holds no secret and asks
    /// nobody.
    public OwnerAddress address() {
        return session.memory().now().address();
    }

    /// What was changed about the owner since the last look, by whomever: a device that nobody
    /// knows of, or a recovery that has begun.
    public List<Change> news() throws Refused {
        var news = new ArrayList<Change>();
        for (var record : journal.catchUp(session.memory().now().owner()).records()) {
            if (Journal.parse(record) instanceof Change change) {
                news.add(change);
            }
        }
        return List.copyOf(news);
    }

    /// Approves a new device: exactly the key whose number was shown.
    public Change approve(Waiting waiting, FactorSource.Given given, List<Shown> shown)
            throws Refused {
        var id = waiting.device.text();
        var change =
                changes.make(
                        new OwnerChange.Wanted(
                                ChangeKind.ADD_DEVICE,
                                id,
                                waiting.thumbprint.base64Url(),
                                id,
                                shown),
                        given);
        var spki = change.details().getOrDefault(SPKI, "");
        if (!Joining.thumbprint(spki).equals(waiting.thumbprint)) {
            throw new Refused(
                    FailureKind.JOURNAL_BROKEN,
                    "The journal names another key for the new device than the one that was approved.");
        }
        return change;
    }

    /// Refuses a new device: it has to ask again.
    public void refuse(Waiting waiting) throws Refused {
        session.call("owner/refuse", Json.object().put("device", waiting.device.text()).build())
                .orRefused();
    }

    /// Removes a device: its session and authorizations end at once.
    public Change remove(Id device, FactorSource.Given given, List<Shown> shown) throws Refused {
        var id = device.text();
        return changes.make(
                new OwnerChange.Wanted(ChangeKind.REMOVE_DEVICE, id, "", id, shown), given);
    }

    /// Stops a recovery.
    public Change stop(Recovering recovery, FactorSource.Given given, List<Shown> shown)
            throws Refused {
        var thumbprint = recovery.thumbprint.base64Url();
        return changes.make(
                new OwnerChange.Wanted(
                        ChangeKind.CANCEL_RECOVERY, "", thumbprint, thumbprint, shown),
                given);
    }
}
