package dev.custodian.core.attest;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import java.security.cert.X509Certificate;
import java.util.List;

/// Whatever a device sends as its maker's word, it is read or refused.
class PivAttestationFuzzTest {
    private static final Maker MAKER = Maker.named("maker of cards");
    private static final X509Certificate ROOT = MAKER.root();
    private static final Bytes CARD = MAKER.issue(Maker.named("card"), true, List.of());

    @FuzzTest
    void statementOfNobodyIsRefused(byte[] der) {
        try {
            var read =
                    PivAttestation.verify(List.of(Bytes.of(der), CARD), List.of(ROOT), Maker.MADE);
            throw new AssertionError("a statement by nobody: " + read);
        } catch (NotAttestedException e) {
            return;
        }
    }

    @FuzzTest
    void certificateOfACardOfNobodyIsRefused(byte[] der) {
        try {
            var read =
                    PivAttestation.verify(List.of(CARD, Bytes.of(der)), List.of(ROOT), Maker.MADE);
            throw new AssertionError("a statement by nobody: " + read);
        } catch (NotAttestedException e) {
            return;
        }
    }

    /// As if its signature were right.
    @FuzzTest
    void statementIsReadOrRefused(byte[] der) {
        try {
            var read = PivAttestation.read(Bytes.of(der));
            if (read.serial() < 0) {
                throw new AssertionError(read.toString());
            }
        } catch (NotAttestedException e) {
            return;
        }
    }
}
