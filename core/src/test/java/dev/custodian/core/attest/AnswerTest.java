package dev.custodian.core.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.hpke.Hkdf;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The steps of [AnswerSteps], each by what it refuses.
class AnswerTest {
    private static final FakeMaker MAKER = new FakeMaker("Acme");
    private static final FakeTpm TPM = new FakeTpm("secp256r1");
    private static final PublicKey KEY = FakeMaker.pair("secp256r1").getPublic();
    private static final Bytes AREA = FakeTpm.area(KEY, FakeTpm.GOOD);

    private final SecureRandom random = new SecureRandom();
    private OpenChallenge open;

    @BeforeEach
    void ask() throws Exception {
        open = challenge(TPM);
    }

    @AfterEach
    void drop() {
        open.close();
    }

    private OpenChallenge challenge(FakeTpm tpm) throws Exception {
        var claim = new Claim(MAKER.certify(tpm.ek()), AREA, List.of());
        var endorsement = TpmAttestation.endorsement(claim, MAKER.authorities(), FakeMaker.NOW);
        return TpmAttestation.challenge(endorsement, random);
    }

    private void assertRefused(Flaw flaw, Bytes answer) {
        assertRefused(flaw, AREA, answer);
    }

    private void assertRefused(Flaw flaw, Bytes area, Bytes answer) {
        assertThatThrownBy(() -> TpmAttestation.proof(open, area, answer))
                .isInstanceOfSatisfying(
                        NotProvedException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
    }

    private Bytes signed(Bytes attest) throws MalformedException {
        return TPM.sign(open.challenge(), attest);
    }

    private Bytes honest() throws MalformedException {
        return TPM.answer(open.challenge().encode(), AREA);
    }

    @Test
    void step1RefusesWhatIsNoAnswer() throws Exception {
        var good = honest();
        assertRefused(Flaw.ANSWER_MALFORMED, Bytes.EMPTY);
        assertRefused(Flaw.ANSWER_MALFORMED, Bytes.concat(good, Bytes.of((byte) 0)));
        for (int size = 0; size < good.size(); size++) {
            assertRefused(Flaw.ANSWER_MALFORMED, good.slice(0, size));
        }
        var longer = Bytes.of(new byte[1025]);
        assertRefused(
                Flaw.ANSWER_MALFORMED,
                Bytes.concat(Bytes.of((byte) 1), Fields.sized(longer), Fields.u16(0)));
        assertRefused(
                Flaw.ANSWER_MALFORMED,
                Bytes.concat(Bytes.of((byte) 1), Fields.u16(0), Fields.sized(longer)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0005000c", "0018000b", "0014000b", "00100010"})
    void step2RefusesAnotherScheme(String scheme) {
        var attest = FakeTpm.attest(AREA, open.challenge().extra());
        var signature = Bytes.concat(Bytes.fromHex(scheme), Bytes.of(new byte[32]));
        assertRefused(Flaw.ANSWER_SCHEME, new Answer(attest, signature).encode());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33, 64})
    void step2RefusesASignatureOfAnotherLength(int size) {
        var attest = FakeTpm.attest(AREA, open.challenge().extra());
        assertRefused(Flaw.ANSWER_SCHEME, FakeTpm.answerOf(attest, new byte[size]));
    }

    @Test
    void step3RefusesAnotherTpm() throws Exception {
        var thief = new FakeTpm("secp256r1");
        assertThatThrownBy(() -> thief.answer(open.challenge().encode(), AREA))
                .isInstanceOf(MalformedException.class);
        // and so it answers with a key that it makes up
        var attest = FakeTpm.attest(AREA, open.challenge().extra());
        var digest = Hashes.sha256(attest).toArray();
        assertRefused(
                Flaw.ANSWER_FORGED, FakeTpm.answerOf(attest, Hkdf.hmac(new byte[32], digest)));
    }

    @Test
    void step3RefusesTheAnswerOfAnotherTimeAndOfAnotherEk() throws Exception {
        var earlier = honest();
        try (var next = challenge(TPM);
                var other = challenge(new FakeTpm("secp256r1"))) {
            for (var one : List.of(next, other)) {
                assertThatThrownBy(() -> TpmAttestation.proof(one, AREA, earlier))
                        .isInstanceOfSatisfying(
                                NotProvedException.class,
                                e -> assertThat(e.flaw()).isEqualTo(Flaw.ANSWER_FORGED));
            }
            var answer = TPM.answer(next.challenge().encode(), AREA);
            assertThat(TpmAttestation.proof(next, AREA, answer).publicKey())
                    .isEqualTo(Bytes.of(KEY.getEncoded()));
        }
    }

    @Test
    void step3RefusesTheHmacOfWhatWasNotHashed() throws Exception {
        var attest = FakeTpm.attest(AREA, open.challenge().extra());
        var key = TPM.imported(open.challenge());
        assertRefused(
                Flaw.ANSWER_FORGED, FakeTpm.answerOf(attest, Hkdf.hmac(key, attest.toArray())));
    }

    @Test
    void step3RefusesEveryOctetThatWasAltered() throws Exception {
        var good = Answer.decode(honest());
        for (int i = 0; i < good.attest().size(); i++) {
            var altered = good.attest().toArray();
            altered[i] ^= 1;
            assertRefused(
                    Flaw.ANSWER_FORGED, new Answer(Bytes.of(altered), good.signature()).encode());
        }
        for (int i = 4; i < good.signature().size(); i++) {
            var altered = good.signature().toArray();
            altered[i] ^= (byte) 0x80;
            assertRefused(
                    Flaw.ANSWER_FORGED, new Answer(good.attest(), Bytes.of(altered)).encode());
        }
    }

    /// Whoever got at the secret, by a restricted key that is none, say: what it signs is no
    /// statement of a TPM.
    @Test
    void step4RefusesWhatNoTpmMade() throws Exception {
        var extra = open.challenge().extra();
        assertRefused(Flaw.NOT_OF_A_TPM, signed(FakeTpm.attest(0xff544346, 0x8017, AREA, extra)));
        assertRefused(Flaw.ANSWER_MALFORMED, signed(Bytes.utf8("the key is good")));
        assertRefused(Flaw.ANSWER_MALFORMED, signed(Bytes.EMPTY));
    }

    @Test
    void step5RefusesWhatIsAboutNoKey() throws Exception {
        var extra = open.challenge().extra();
        // creation, quote, NV
        for (int type : new int[] {0x801a, 0x8018, 0x8014}) {
            assertRefused(Flaw.NOT_A_KEY, signed(FakeTpm.attest(0xff544347, type, AREA, extra)));
        }
        var good = FakeTpm.attest(AREA, extra);
        assertRefused(Flaw.ANSWER_MALFORMED, signed(Bytes.concat(good, Bytes.of((byte) 0))));
        assertRefused(Flaw.ANSWER_MALFORMED, signed(good.slice(0, good.size() - 1)));
    }

    @Test
    void step6RefusesWhatNamesAnotherQuestion() throws Exception {
        assertRefused(Flaw.ANOTHER_QUESTION, signed(FakeTpm.attest(AREA, Bytes.EMPTY)));
        var other = Bytes.of(new byte[32]);
        assertRefused(Flaw.ANOTHER_QUESTION, signed(FakeTpm.attest(AREA, other)));
    }

    @Test
    void step7RefusesAnotherKey() throws Exception {
        var other = FakeTpm.area(FakeMaker.pair("secp256r1").getPublic(), FakeTpm.GOOD);
        assertRefused(Flaw.ANOTHER_KEY, other, honest());
        // the same key, described better than it is
        var exportable = FakeTpm.area(KEY, FakeTpm.GOOD & ~KeyArea.FIXED_TPM);
        var answer = TPM.answer(open.challenge().encode(), exportable);
        assertRefused(Flaw.ANOTHER_KEY, AREA, answer);
        assertRefused(Flaw.KEY_MALFORMED, AREA.slice(0, AREA.size() - 1), honest());
        assertRefused(Flaw.KEY_MALFORMED, Bytes.concat(AREA, Bytes.of((byte) 0)), honest());
        assertRefused(Flaw.KEY_MALFORMED, Bytes.EMPTY, honest());
    }

    @ParameterizedTest
    @CsvSource({
        "1, KEY_NOT_FIXED_TO_TPM",
        "4, KEY_NOT_FIXED_TO_PARENT",
        "5, KEY_FROM_OUTSIDE",
        "18, KEY_SIGNS_NOT",
        "16, KEY_RESTRICTED"
    })
    void step8RefusesEachAttributeThatIsWrong(int bit, Flaw flaw) throws Exception {
        var area = FakeTpm.area(KEY, FakeTpm.GOOD ^ 1 << bit);
        var answer = TPM.answer(open.challenge().encode(), area);
        assertRefused(flaw, area, answer);
    }

    @Test
    void step9RefusesAKindOfKeyThatIsNotUsed() throws Exception {
        for (var kind : List.of("RSA-1024", "RSA-4096")) {
            var area = FakeTpm.area(FakeMaker.pair(kind).getPublic(), FakeTpm.GOOD);
            assertRefused(Flaw.KEY_ALGORITHM, area, TPM.answer(open.challenge().encode(), area));
        }
        var beside = AREA.toArray();
        beside[beside.length - 1] ^= 1;
        var area = Bytes.of(beside);
        assertRefused(Flaw.KEY_ALGORITHM, area, TPM.answer(open.challenge().encode(), area));
    }

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1", "RSA-2048", "RSA-3072"})
    void honestAnswerProvesTheKeyWhateverTheEk(String kind) throws Exception {
        var tpm = new FakeTpm(kind);
        try (var asked = challenge(tpm)) {
            var answer = tpm.answer(asked.challenge().encode(), AREA);
            var proof = TpmAttestation.proof(asked, AREA, answer);
            assertThat(proof.publicKey()).isEqualTo(Bytes.of(KEY.getEncoded()));
            assertThat(proof.algorithm()).isEqualTo(KeyAlgorithm.P256);
            assertThat(proof)
                    .hasToString("P-256 in a TPM of STMicroelectronics ST33HTPHAHE5 id:00010101");
        }
    }

    @ParameterizedTest
    @CsvSource({"RSA-2048, RSA_2048", "RSA-3072, RSA_3072"})
    void rsaKeysAreProvedToo(String kind, KeyAlgorithm algorithm) throws Exception {
        var key = FakeMaker.pair(kind).getPublic();
        var area = FakeTpm.area(key, FakeTpm.GOOD);
        var answer = TPM.answer(open.challenge().encode(), area);
        var proof = TpmAttestation.proof(open, area, answer);
        assertThat(proof.algorithm()).isEqualTo(algorithm);
        assertThat(proof.publicKey()).isEqualTo(Bytes.of(key.getEncoded()));
    }

    @Test
    void messagesReadTheSameAgainAndNothingTooLongIsTaken() throws Exception {
        var claim = new Claim(Bytes.utf8("certificate"), AREA, List.of(Bytes.utf8("one"), AREA));
        assertThat(TpmAttestation.claim(claim.encode())).isEqualTo(claim);
        assertThat(Challenge.decode(open.challenge().encode())).isEqualTo(open.challenge());
        var answer = honest();
        assertThat(Answer.decode(answer).encode()).isEqualTo(answer);
        var many =
                Bytes.concat(Bytes.of((byte) 1), Fields.u16(0), Fields.u16(0), Bytes.of((byte) 5));
        for (var octets :
                List.of(
                        Bytes.EMPTY,
                        Bytes.concat(many, Bytes.of(new byte[10])),
                        Bytes.concat(claim.encode(), Bytes.of((byte) 0)),
                        Bytes.concat(
                                Bytes.of((byte) 1),
                                Fields.sized(Bytes.of(new byte[4097])),
                                Bytes.of(new byte[3])))) {
            assertThatThrownBy(() -> TpmAttestation.claim(octets))
                    .isInstanceOfSatisfying(
                            NotProvedException.class,
                            e -> assertThat(e.flaw()).isEqualTo(Flaw.CLAIM_MALFORMED));
        }
    }

    private interface Decoder {
        Object decode(Bytes octets) throws MalformedException;
    }

    private static void hasOneForm(Bytes encoded, Decoder form) {
        var octets = encoded.toArray();
        octets[0]++;
        assertThatThrownBy(() -> form.decode(Bytes.of(octets)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("of an unknown version");
        assertThatThrownBy(() -> form.decode(Bytes.concat(encoded, Bytes.of((byte) 0))))
                .as("something behind")
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> form.decode(encoded.slice(0, encoded.size() - 1)))
                .as("the last octet missing")
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void claimsAndChallengesHaveOneFormOfOneVersion() {
        hasOneForm(new Claim(Bytes.utf8("one"), AREA, List.of(AREA)).encode(), Claim::decode);
        hasOneForm(open.challenge().encode(), Challenge::decode);
    }
}
