package dev.custodian.agent.signing;

import dev.custodian.agent.peer.Peer;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.core.Purpose;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import java.util.List;
import java.util.function.BooleanSupplier;

/// What a program wants signed.
///
/// @param peer who asks
/// @param isWanted whether the program still waits for the answer
/// @param purpose what the door knows the signature to be for
/// @param digests in the order in which signatures are wanted
/// @param told what the door knows of it
public record Request(
        Peer peer,
        BooleanSupplier isWanted,
        Purpose purpose,
        Credential credential,
        SignatureScheme scheme,
        List<Bytes> digests,
        List<Shown> told) {
    public Request {
        digests = List.copyOf(digests);
        told = List.copyOf(told);
    }
}
