package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Aead;
import dev.custodian.core.hpke.Hkdf;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

/// What every vault does for the server's own secrets, such as peppers: all from one root.
final class ServerSecrets implements AutoCloseable {
    private final Secret root;
    private final SecureRandom random;

    /// Takes `root` over, 32 octets, and wipes it when closed.
    ServerSecrets(Secret root, SecureRandom random) {
        this.root = root;
        this.random = random;
    }

    /// Ties what a vault made of a key to the credential and the public key that it is of.
    static Bytes keyContext(Id credential, Bytes spki) {
        return Bytes.join(Bytes.utf8(credential.text()), Hashes.sha256(spki));
    }

    /// As [Vault#wrap].
    Bytes wrap(Bytes context, Secret secret) {
        return Aead.seal(root, context, secret.expose(), random);
    }

    /// As [Vault#unwrap].
    Secret unwrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        return Aead.open(root, context, wrapped);
    }

    /// As [Vault#mac].
    Bytes mac(String label, Bytes data) {
        try (var key = Hkdf.derive(root, Bytes.utf8(label))) {
            return Bytes.of(Hkdf.hmac(key.expose(), data.toArray()));
        }
    }

    @Override
    public void close() {
        root.close();
    }
}
