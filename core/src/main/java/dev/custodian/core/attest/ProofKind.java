package dev.custodian.core.attest;

import dev.custodian.core.MalformedException;
import java.util.Locale;

/// In which ways a device proves that its key is in hardware.
public enum ProofKind {
    /// By [TpmAttestation]: it is asked, and answers.
    TPM,
    /// By [PivAttestation]: a card's statement.
    PIV;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static ProofKind parse(String text) throws MalformedException {
        for (var kind : values()) {
            if (kind.text().equals(text)) {
                return kind;
            }
        }
        throw new MalformedException("not a kind of proof");
    }
}
