package dev.custodian.device;

import dev.custodian.core.Bytes;
import java.util.List;

/// A key for which its device has something to show that leads to the device's maker. Whoever
/// trusts that maker verifies it; this machine does not.
public interface Attesting {
    /// What there is to show, as it is now.
    ///
    /// @throws DeviceException `UNSUPPORTED` when the device has nothing to show for this key: it
    ///   was brought into the device, say
    Evidence evidence() throws DeviceException;

    /// How evidence is to be verified.
    enum Kind {
        /// By [dev.custodian.core.attest.PivAttestation]: the statement, then the card's
        /// certificate, in DER.
        PIV
    }

    /// What a device shows; it says where the key is and holds no secret, but the device's number.
    record Evidence(Kind kind, List<Bytes> parts) {
        public Evidence {
            parts = List.copyOf(parts);
        }
    }
}
