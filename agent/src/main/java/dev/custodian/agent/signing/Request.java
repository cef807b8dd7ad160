package dev.custodian.agent.signing;

import dev.custodian.agent.peer.Peer;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.core.Purpose;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What a program wants signed.
///
/// @param peer who asks
/// @param isWanted whether the program still waits for the answer
/// @param purpose what the door knows the signature to be for
/// @param digests in the order in which signatures are wanted
/// @param told what the door knows of it
/// @param within what a consent for it is bound to besides program or terminal session, in a form
///   that is compared, such as a host; empty for nothing, null when no consent is to be offered
public record Request(
        Peer peer,
        BooleanSupplier isWanted,
        Purpose purpose,
        Credential credential,
        SignatureScheme scheme,
        List<Bytes> digests,
        List<Shown> told,
        @Nullable String within) {
    /// One that a consent is bound to nothing more for.
    public Request(
            Peer peer,
            BooleanSupplier isWanted,
            Purpose purpose,
            Credential credential,
            SignatureScheme scheme,
            List<Bytes> digests,
            List<Shown> told) {
        this(peer, isWanted, purpose, credential, scheme, digests, told, "");
    }

    public Request {
        digests = List.copyOf(digests);
        told = List.copyOf(told);
    }
}
