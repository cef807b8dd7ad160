package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.core.journal.VerifierKey;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/// The journal's own Ed25519 key, which signs its checkpoints and nothing else (DESIGN §6).
public final class CheckpointKey {
    private final VerifierKey verifier;
    private final PrivateKey key;

    /// @param origin the journal's name, as c2sp.org/signed-note allows it
    public CheckpointKey(String origin, PublicKey publicKey, PrivateKey privateKey) {
        this.verifier = VerifierKey.of(origin, publicKey);
        this.key = privateKey;
    }

    /// The public half, with the journal's name.
    public VerifierKey verifier() {
        return verifier;
    }

    SignedNote sign(long size, Bytes root) {
        return SignedNote.sign(new Checkpoint(verifier.name(), size, root), verifier, this::sign);
    }

    private Bytes sign(Bytes message) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(message.toArray());
            return Bytes.of(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the journal's key does not sign", e);
        }
    }
}
