package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.attest.PinPolicy;
import dev.custodian.core.attest.TouchPolicy;
import java.security.PublicKey;

/// What a card of Yubico's says about a key.
///
/// @param generated whether the card made it; otherwise it was brought
public record SlotMetadata(
        PivAlgorithm algorithm,
        PinPolicy pinPolicy,
        TouchPolicy touchPolicy,
        boolean generated,
        PublicKey publicKey) {
    private static final int ALGORITHM = 1;
    private static final int POLICIES = 2;
    private static final int ORIGIN = 3;
    private static final int PUBLIC_KEY = 4;
    private static final int GENERATED = 1;

    static SlotMetadata read(Bytes answer) throws MalformedException {
        var in = new Tlv(answer);
        var algorithm = PivAlgorithm.of(number(in.element(ALGORITHM)));
        var policies = in.element(POLICIES);
        if (policies.size() != 2) {
            throw new MalformedException("not two policies");
        }
        int origin = number(in.element(ORIGIN));
        var key = PublicKeys.read(algorithm, in.element(PUBLIC_KEY));
        // newer firmware says more
        return new SlotMetadata(
                algorithm,
                PinPolicy.of(policies.at(0)),
                TouchPolicy.of(policies.at(1)),
                origin == GENERATED,
                key);
    }

    static int number(Bytes octets) throws MalformedException {
        if (octets.size() != 1) {
            throw new MalformedException("a number of more than one octet");
        }
        return octets.at(0) & 0xff;
    }
}
