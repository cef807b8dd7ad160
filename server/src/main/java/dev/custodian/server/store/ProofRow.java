package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.attest.ProofKind;
import java.time.Instant;

/// That a device's key was proved to be in hardware.
///
/// @param mark keyed hash of the TPM's endorsement key, or of the card's number
/// @param vouchers H of the keys of those who vouch for it, as far as the operator's folder names
///   them: 32 octets each, the root's last
/// @param question H of the question that was answered; empty for a card, which is asked none
/// @param mac of the vault over all of it and the device's key
public record ProofRow(
        Id device,
        ProofKind kind,
        Bytes mark,
        Bytes vouchers,
        Bytes question,
        Instant proved,
        Bytes mac) {
    /// This row with its MAC.
    public ProofRow withMac(Bytes right) {
        return new ProofRow(device, kind, mark, vouchers, question, proved, right);
    }
}
