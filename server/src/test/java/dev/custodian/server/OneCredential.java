package dev.custodian.server;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.store.ConsentReader;
import dev.custodian.server.store.ConsentRow;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.FactorReader;
import dev.custodian.server.store.LoginReader;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A store in memory that holds one credential and no other row; it cannot be written, and what
/// leads further into it fails.
final class OneCredential implements Store {
    static final Id OWNER = Id.of(Id.Kind.OWNER, Bytes.of(new byte[16]));
    static final Id CREDENTIAL = Id.of(Id.Kind.CREDENTIAL, Bytes.of(new byte[16]));

    private static final CredentialRow ROW =
            new CredentialRow(
                    CREDENTIAL,
                    OWNER,
                    Purpose.DOCUMENT,
                    Custody.OWNER_SEALED,
                    KeyAlgorithm.P256,
                    Bytes.EMPTY,
                    new Policy(Level.BOUND, 100).encode(),
                    1,
                    Origin.HSM,
                    "embedded",
                    "master",
                    "AES-256-GCM",
                    Bytes.EMPTY,
                    List.of(),
                    Instant.EPOCH);

    private static final ConsentReader NO_CONSENTS =
            new ConsentReader() {
                @Override
                public @Nullable ConsentRow find(Id consent) {
                    return null;
                }

                @Override
                public @Nullable ConsentRow bySecret(Bytes secret) {
                    return null;
                }

                @Override
                public List<ConsentRow> of(Id device) {
                    return List.of();
                }
            };

    private final Reader reader =
            (Reader)
                    Proxy.newProxyInstance(
                            Reader.class.getClassLoader(),
                            new Class<?>[] {Reader.class},
                            (_, method, arguments) -> answer(method.getName(), arguments));

    /// Nothing is kept about the owner's factors either.
    private static final FactorReader FACTORS =
            (FactorReader)
                    Proxy.newProxyInstance(
                            FactorReader.class.getClassLoader(),
                            new Class<?>[] {FactorReader.class},
                            (_, _, _) -> {
                                throw new Refused(FailureKind.STORAGE_FAILED);
                            });

    private static @Nullable Object answer(String method, Object[] arguments) throws Refused {
        return switch (method) {
            case "credential" -> CREDENTIAL.equals(arguments[0]) ? ROW : null;
            case "credentials" -> List.of(ROW);
            case "logins" -> (LoginReader) _ -> null;
            case "consents" -> NO_CONSENTS;
            case "factors" -> FACTORS;
            case "device", "invitation", "session", "authorizationBySad", "chain", "close" -> null;
            default -> throw new Refused(FailureKind.STORAGE_FAILED);
        };
    }

    @Override
    public Tx begin() throws Refused {
        throw new Refused(FailureKind.STORAGE_FAILED);
    }

    @Override
    public Reader read() {
        return reader;
    }

    @Override
    public void close() {}
}
