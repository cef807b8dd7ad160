package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.attest.ProofKind;
import java.time.Instant;

/// That a device's key was proved to be in hardware.
///
/// @param pepper number of the one that the keyed hashes are under
/// @param mark keyed hash of the TPM's endorsement key, or of the card's number
/// @param vouchers keyed hashes of the keys that the proof stands on, the device's own and of all
///   who vouch for it: 32 octets each, the root's last
/// @param mac of the vault over all of it and the device's key
public record ProofRow(
        Id device,
        ProofKind kind,
        long pepper,
        Bytes mark,
        Bytes vouchers,
        Instant proved,
        Bytes mac) {
    /// This row with its MAC.
    public ProofRow withMac(Bytes right) {
        return new ProofRow(device, kind, pepper, mark, vouchers, proved, right);
    }
}
