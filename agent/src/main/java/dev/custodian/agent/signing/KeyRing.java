package dev.custodian.agent.signing;

import dev.custodian.client.Credential;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.util.List;

/// The owner's credentials as the server last told them. Doors read here and wait for no network.
public final class KeyRing {
    private final Source source;
    private volatile List<Credential> credentials = List.of();

    /// Where credentials come from.
    @FunctionalInterface
    public interface Source {
        /// All of the owner's credentials, now.
        List<Credential> list() throws Refused;
    }

    public KeyRing(Source source) {
        this.source = source;
    }

    /// Asks anew. What was known before stays known when that fails.
    public void refresh() throws Refused {
        credentials = source.list().stream().filter(KeyRing::canSign).toList();
    }

    /// Those that can sign and are for one of `purposes`, in the order of these.
    public List<Credential> credentials(Purpose... purposes) {
        return List.of(purposes).stream()
                .flatMap(purpose -> credentials.stream().filter(one -> one.purpose() == purpose))
                .toList();
    }

    private static boolean canSign(Credential credential) {
        return credential.enabled() && !credential.chain().isEmpty();
    }
}
