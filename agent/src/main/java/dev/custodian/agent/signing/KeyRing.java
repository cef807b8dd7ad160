package dev.custodian.agent.signing;

import dev.custodian.client.Credential;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The owner's credentials as the server last told them. Doors read here and wait for no network,
/// but for a moment after the start: the program that had the agent started asks at once.
public final class KeyRing {
    private static final Duration FIRST = Duration.ofSeconds(3);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final Source source;
    private final Consumer<List<Credential>> told;
    private volatile List<Credential> credentials = List.of();

    /// Where credentials come from.
    @FunctionalInterface
    public interface Source {
        /// All of the owner's credentials, now.
        List<Credential> list() throws Refused;
    }

    public KeyRing(Source source) {
        this(source, _ -> {});
    }

    /// @param told is given what can sign, each time that the server said it; no door waits for it
    public KeyRing(Source source, Consumer<List<Credential>> told) {
        this.source = source;
        this.told = told;
    }

    /// Asks anew. What was known before stays known when that fails.
    public void refresh() throws Refused {
        try {
            credentials = source.list().stream().filter(KeyRing::canSign).toList();
        } finally {
            looked();
        }
        told.accept(credentials);
    }

    /// Those that can sign and are for one of `purposes`, in the order of these.
    public List<Credential> credentials(Purpose... purposes) {
        awaitFirst();
        return List.of(purposes).stream()
                .flatMap(purpose -> credentials.stream().filter(one -> one.purpose() == purpose))
                .toList();
    }

    /// Says that nobody need wait any more: the first look has failed, maybe before it asked.
    public void looked() {
        asked.countDown();
    }

    private void awaitFirst() {
        try {
            var _ = asked.await(FIRST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean canSign(Credential credential) {
        return credential.enabled()
                && (!credential.chain().isEmpty() || !credential.purpose().needsCertificate());
    }
}
