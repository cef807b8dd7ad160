package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;

/// A key that was made in a TPM, signs, and cannot leave it. Made by [TpmAttestation#proof] alone.
public final class Proof {
    private final Endorsement endorsement;
    private final KeyAlgorithm algorithm;
    private final Bytes publicKey;

    Proof(Endorsement endorsement, KeyAlgorithm algorithm, Bytes publicKey) {
        this.endorsement = endorsement;
        this.algorithm = algorithm;
        this.publicKey = publicKey;
    }

    /// The TPM.
    public Endorsement endorsement() {
        return endorsement;
    }

    public KeyAlgorithm algorithm() {
        return algorithm;
    }

    /// The key, as SubjectPublicKeyInfo. Only this key is proved: the caller compares it with the
    /// one that it is about.
    public Bytes publicKey() {
        return publicKey;
    }

    @Override
    public String toString() {
        return algorithm.display() + " in a TPM of " + endorsement.maker();
    }
}
