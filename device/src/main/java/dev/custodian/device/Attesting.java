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

    /// Answers who verifies, where that takes a question.
    ///
    /// @param challenge of [Kind#TPM], a [dev.custodian.core.attest.Challenge]
    /// @return of [Kind#TPM], a [dev.custodian.core.attest.Answer]
    /// @throws DeviceException `UNSUPPORTED` where the evidence is all, and for what is no
    ///   challenge; what the device says when it was made for another
    default Bytes answer(Bytes challenge) throws DeviceException {
        throw new DeviceException(DeviceFailure.UNSUPPORTED, "It is asked nothing.");
    }

    /// How evidence is to be verified.
    enum Kind {
        /// By [dev.custodian.core.attest.PivAttestation]: the statement, then the card's
        /// certificate, in DER.
        PIV,
        /// By [dev.custodian.core.attest.TpmAttestation]: a [dev.custodian.core.attest.Claim], and
        /// then an answer.
        TPM
    }

    /// What a device shows; it says where the key is and holds no secret, but the device's number.
    record Evidence(Kind kind, List<Bytes> parts) {
        public Evidence {
            parts = List.copyOf(parts);
        }
    }
}
