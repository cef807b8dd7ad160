package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;

/// What a device has to show that its key is in hardware (`docs/reference/attestation.md`). It
/// tells this machine or card from all others for ever: it is given only where the server wants it
/// and the person was told.
public sealed interface HardwareEvidence {
    ProofKind kind();

    /// Of a TPM: its maker's certificate first, then an answer that only this TPM can give.
    non-sealed interface Tpm extends HardwareEvidence {
        @Override
        default ProofKind kind() {
            return ProofKind.TPM;
        }

        /// A [dev.custodian.core.attest.Claim].
        Bytes claim() throws Refused;

        /// An [dev.custodian.core.attest.Answer].
        ///
        /// @param challenge a [dev.custodian.core.attest.Challenge]
        Bytes answer(Bytes challenge) throws Refused;
    }

    /// Of a PIV card.
    ///
    /// @param statement the card's about the key: a certificate, DER
    /// @param certificate the card's own, by which the statement is signed, DER
    record Piv(Bytes statement, Bytes certificate) implements HardwareEvidence {
        @Override
        public ProofKind kind() {
            return ProofKind.PIV;
        }

        /// They name the card.
        @Override
        public String toString() {
            return "Piv";
        }
    }
}
