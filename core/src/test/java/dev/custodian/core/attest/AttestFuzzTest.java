package dev.custodian.core.attest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;

/// Whatever a device sends about its TPM, it is read or refused.
class AttestFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    private static final Challenge ASKED =
            new Challenge(Bytes.of(new byte[32]), Bytes.of(new byte[108]), Bytes.of(new byte[68]));

    @FuzzTest
    void claimIsRefusedOrReadsTheSameAgain(byte[] octets) {
        try {
            assertThat(Claim.decode(Bytes.of(octets)).encode()).isEqualTo(Bytes.of(octets));
        } catch (MalformedException e) {
            return;
        }
    }

    @FuzzTest
    void challengeIsRefusedOrReadsTheSameAgain(byte[] octets) {
        try {
            var read = Challenge.decode(Bytes.of(octets));
            assertThat(read.encode()).isEqualTo(Bytes.of(octets));
            assertThat(read.extra().size()).isEqualTo(32);
        } catch (MalformedException e) {
            return;
        }
    }

    @FuzzTest
    void answerIsRefusedOrReadsTheSameAgain(byte[] octets) {
        try {
            assertThat(Answer.decode(Bytes.of(octets)).encode()).isEqualTo(Bytes.of(octets));
        } catch (MalformedException e) {
            return;
        }
    }

    @FuzzTest
    void attestIsRefusedOrNamesAKey(byte[] octets) {
        try {
            assertThat(Attest.decode(Bytes.of(octets)).certified().size()).isLessThan(67);
        } catch (MalformedException e) {
            return;
        }
    }

    @FuzzTest
    void keyAreaIsRefusedOrAKey(byte[] octets) {
        try {
            var area = KeyArea.decode(Bytes.of(octets));
            assertThat(area.name().size()).isEqualTo(2 + area.nameHash().length());
            assertThat(PublicKeys.algorithm(area.publicKey())).isEqualTo(area.algorithm());
        } catch (MalformedException e) {
            return;
        }
    }

    @FuzzTest
    void makerIsRefusedOrCanBeShown(byte[] octets) {
        try {
            assertThat(TpmMaker.read(Bytes.of(octets)).toString()).matches("[ -~]+");
        } catch (MalformedException e) {
            return;
        }
    }

    /// The steps after the one that authenticates, which octets of chance never pass, get theirs
    /// signed: `u16` length of the attest, that, and the key's area.
    @FuzzTest
    void signedAnswerIsRefusedOrAboutTheKeyShown(byte[] octets) throws MalformedException {
        Bytes attest;
        Bytes area;
        try {
            var in = new Fields(Bytes.of(octets));
            attest = in.sized("attest", Attest.LONGEST);
            area = in.raw("area", in.left());
        } catch (MalformedException e) {
            return;
        }
        try (var key = Secret.owning(new byte[32])) {
            var maker = new TpmMaker("id:53544D20", "model", "1");
            var ek =
                    new Endorsement(
                            Any.KEY, Any.ALGORITHM, maker, new Chain.Way(List.of(), Any.ROOT));
            var asked = new AnswerSteps.Asked(new OpenChallenge(ek, ASKED, key), area);
            var proof =
                    new AnswerSteps.Step4(asked, new Answer(attest, Bytes.EMPTY))
                            .next()
                            .next()
                            .next()
                            .next()
                            .next()
                            .proof();
            var shown = KeyArea.decode(area);
            assertThat(Bytes.of(shown.publicKey().getEncoded())).isEqualTo(proof.publicKey());
            assertThat(Attest.decode(attest).certified()).isEqualTo(shown.name());
        } catch (NotProvedException e) {
            return;
        }
    }

    @FuzzTest
    void certificateIsRefused(byte[] octets) {
        if (octets.length > Claim.LONGEST_CERTIFICATE) {
            return;
        }
        var claim = new Claim(Bytes.of(octets), Bytes.EMPTY, List.of(Bytes.of(octets)));
        try {
            throw new AssertionError(
                    TpmAttestation.endorsement(claim, List.of(Any.ROOT), NOW).toString());
        } catch (NotProvedException e) {
            assertThat(e.flaw()).isLessThanOrEqualTo(Flaw.CHAIN_REFUSED);
        }
    }

    /// An EK and a root that nobody has.
    private static final class Any {
        private static final FakeMaker MAKER = new FakeMaker("Nobody");
        private static final Authority ROOT = MAKER.root();
        private static final PublicKey KEY = ROOT.certificate().getPublicKey();
        private static final KeyAlgorithm ALGORITHM = KeyAlgorithm.P256;
    }
}
