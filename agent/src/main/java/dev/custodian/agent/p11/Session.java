package dev.custodian.agent.p11;

import dev.custodian.agent.p11.rpc.Ckr;
import dev.custodian.agent.p11.rpc.Mechanism;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A session, with one operation of each kind at most.
final class Session {
    private final boolean writes;
    private @Nullable List<Long> found;
    private @Nullable Digest digest;
    private @Nullable Signature signature;

    /// Begins one.
    ///
    /// @param writes as the program wished; there is nothing to write
    Session(boolean writes) {
        this.writes = writes;
    }

    boolean writes() {
        return writes;
    }

    void find(List<Long> handles) throws Rejected {
        if (found != null) {
            throw new Rejected(Ckr.OPERATION_ACTIVE);
        }
        found = handles;
    }

    /// The next `most` of what was found.
    List<Long> found(int most) throws Rejected {
        if (found == null) {
            throw new Rejected(Ckr.OPERATION_NOT_INITIALIZED);
        }
        int size = Math.clamp(most, 0, found.size());
        var next = found.subList(0, size);
        found = found.subList(size, found.size());
        return next;
    }

    void endFinding() throws Rejected {
        if (found == null) {
            throw new Rejected(Ckr.OPERATION_NOT_INITIALIZED);
        }
        found = null;
    }

    void beginDigest(Mechanism mechanism) throws Rejected {
        if (mechanism.number() == Mechanism.NONE) {
            digest = null;
            return;
        }
        if (digest != null) {
            throw new Rejected(Ckr.OPERATION_ACTIVE);
        }
        digest = new Digest(ToSign.digester(Mechanisms.hash(mechanism.number())));
    }

    Digest digest() throws Rejected {
        if (digest == null) {
            throw new Rejected(Ckr.OPERATION_NOT_INITIALIZED);
        }
        return digest;
    }

    void endDigest() {
        digest = null;
    }

    /// Begins a signature.
    ///
    /// @param credential what signs; null when the program named no private key
    void beginSignature(Mechanism mechanism, @Nullable Credential credential) throws Rejected {
        if (mechanism.number() == Mechanism.NONE) {
            signature = null;
            return;
        }
        if (signature != null) {
            throw new Rejected(Ckr.OPERATION_ACTIVE);
        }
        if (credential == null) {
            throw new Rejected(Ckr.KEY_HANDLE_INVALID);
        }
        signature = new Signature(credential, Mechanisms.toSign(mechanism, credential.algorithm()));
    }

    Signature signature() throws Rejected {
        if (signature == null) {
            throw new Rejected(Ckr.OPERATION_NOT_INITIALIZED);
        }
        return signature;
    }

    void endSignature() {
        signature = null;
    }

    /// A digest that the program has us compute.
    static final class Digest {
        private final MessageDigest digest;

        Digest(MessageDigest digest) {
            this.digest = digest;
        }

        int size() {
            return digest.getDigestLength();
        }

        void add(Bytes part) {
            digest.update(part.toArray());
        }

        Bytes done() {
            return Bytes.of(digest.digest());
        }
    }
}
