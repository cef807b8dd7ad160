package dev.custodian.device;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A kind of device key.
public enum KeyType {
    P256(KeyAlgorithm.P256),
    P384(KeyAlgorithm.P384),
    RSA_2048(KeyAlgorithm.RSA_2048),
    RSA_3072(KeyAlgorithm.RSA_3072),
    /// Signs whole messages only (RFC 8032): see [MessageSigning].
    ED25519(null);

    private final @Nullable KeyAlgorithm algorithm;

    KeyType(@Nullable KeyAlgorithm algorithm) {
        this.algorithm = algorithm;
    }

    /// The same among the keys that sign digests; null for Ed25519.
    public @Nullable KeyAlgorithm algorithm() {
        return algorithm;
    }

    static @Nullable KeyType of(KeyAlgorithm algorithm) {
        return Arrays.stream(values())
                .filter(type -> type.algorithm == algorithm)
                .findFirst()
                .orElse(null);
    }

    /// Reads the name that people type: `P-256`, `RSA-3072`, `Ed25519`.
    public static KeyType ofName(String name) throws MalformedException {
        for (var type : values()) {
            if (type.display().equals(name)) {
                return type;
            }
        }
        throw new MalformedException(
                "not one of " + Arrays.stream(values()).map(KeyType::display).toList());
    }

    /// The name that people read and type.
    public String display() {
        return algorithm == null ? "Ed25519" : algorithm.display();
    }

    /// The schemes that [DeviceKey#sign] may take with such a key; empty for Ed25519.
    public List<Scheme> schemes() {
        return algorithm == null ? List.of() : algorithm.schemes();
    }
}
