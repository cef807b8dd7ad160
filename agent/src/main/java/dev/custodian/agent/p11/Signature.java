package dev.custodian.agent.p11;

import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.signing.Request;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm.Family;
import dev.custodian.core.intent.Shown;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/// A signature that a program has begun.
record Signature(Credential credential, ToSign toSign) {
    /// How long a program waits at most, whatever is asked before it and however often the PIN is
    /// mistyped.
    static final Duration LIMIT = Duration.ofMinutes(5);

    private static final int TAIL = 8;

    /// Octets of the signature in PKCS#11: for ECDSA both numbers at full length.
    int size() {
        int octets = (credential.algorithm().bits() + 7) / 8;
        return credential.algorithm().family() == Family.EC ? 2 * octets : octets;
    }

    void add(Bytes piece) throws Rejected {
        toSign.add(piece);
    }

    Request request(Peer peer, BooleanSupplier isThere) throws Rejected {
        var ready = toSign.ready();
        var digest = ready.digest();
        long end = System.nanoTime() + LIMIT.toNanos();
        return new Request(
                peer,
                () -> System.nanoTime() - end < 0 && isThere.getAsBoolean(),
                // A program does not say what it signs for: that is the credential's to say.
                credential.purpose(),
                credential,
                ready.scheme(),
                List.of(digest),
                List.of(
                        new Shown(
                                "message",
                                ready.scheme().scheme().hash().jca()
                                        + " …"
                                        + digest.slice(digest.size() - TAIL, digest.size()).hex(),
                                ready.ours() ? Shown.Source.COMPUTED : Shown.Source.REPORTED)));
    }
}
