package dev.custodian.device.piv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.testing.JdkVerifier;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PivCardTest {
    private static final byte[] LETTER = "Dear Charles".getBytes(StandardCharsets.US_ASCII);

    private final SecureRandom random = new SecureRandom();
    private final Secret pin = FakeCard.secret(FakeCard.PIN);

    private PivCard card(CardConnection connection) throws Exception {
        return new PivCard(connection, random);
    }

    private static Bytes digest(Scheme scheme) throws Exception {
        return Bytes.of(MessageDigest.getInstance(scheme.hash().jca()).digest(LETTER));
    }

    private static void assertRefused(ThrowingCallable call, Meaning meaning) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PivException.class,
                        e -> assertThat(e.meaning()).as(e.getMessage()).isEqualTo(meaning));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6a82", "6a81", "6d00", "6e00"})
    void cardOfAnotherKindIsRefused(String word) {
        assertRefused(() -> card(new Played(false, word)), Meaning.NO_PIV);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12345", "123456789"})
    void pinOfAWrongLengthIsNotSent(String text) throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        try (var wrong = FakeCard.secret(text)) {
            assertRefused(() -> card.verifyPin(wrong), Meaning.PIN_LENGTH);
            assertRefused(() -> card.changePin(wrong, pin), Meaning.PIN_LENGTH);
            assertRefused(() -> card.changePin(pin, wrong), Meaning.PIN_LENGTH);
        }
        assertThat(fake.times(Ins.VERIFY)).isZero();
        assertThat(fake.times(Ins.CHANGE_REFERENCE_DATA)).isZero();
    }

    @Test
    void wrongPinIsCountedAndNeverTriedAgain() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        try (var wrong = FakeCard.secret("654321")) {
            for (int left = 2; left >= 0; left--) {
                int expected = left;
                assertThatThrownBy(
                                () ->
                                        card.sign(
                                                fake.key(),
                                                Scheme.ECDSA_SHA256,
                                                digest(Scheme.ECDSA_SHA256),
                                                wrong))
                        .isInstanceOfSatisfying(
                                PivException.class,
                                e -> {
                                    assertThat(e.isWrongPin()).isTrue();
                                    assertThat(e.triesLeft()).isEqualTo(expected);
                                });
                assertThat(card.pinState())
                        .isEqualTo(new PinState(left, PinState.UNKNOWN))
                        .returns(left == 0, PinState::isBlocked);
            }
        }
        assertThat(fake.seen.stream().filter(ins -> ins == 0x87)).isEmpty();
        assertRefused(() -> card.verifyPin(pin), Meaning.PIN_BLOCKED);
    }

    @Test
    void rightPinForgivesThoseBefore() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        try (var wrong = FakeCard.secret("654321")) {
            assertRefused(() -> card.verifyPin(wrong), Meaning.WRONG_PIN);
        }
        card.verifyPin(pin);
        assertThat(fake.triesLeft).isEqualTo(3);
        assertThat(card.pinState().left()).isEqualTo(3);
    }

    @Test
    void triesAreThoseThatTheCardTells() throws Exception {
        var played =
                new Played(false, "9000", "6d00", "6a82", "9000", "010120 050101 06020502 9000");
        assertThat(card(played).pinState()).isEqualTo(new PinState(2, 5));
        var silent = new Played(false, "9000", "6d00", "6a82", "9000", "010120 9000");
        assertRefused(() -> card(silent).pinState(), Meaning.MALFORMED_ANSWER);
    }

    @ParameterizedTest
    @EnumSource(names = {"P256", "RSA_2048", "ED25519"})
    void wrongSignatureIsRefused(PivAlgorithm algorithm) throws Exception {
        var fake = new FakeCard(algorithm);
        var card = card(fake);
        fake.lies = true;
        assertRefused(() -> signed(card, fake.key()), Meaning.WRONG_SIGNATURE);
        fake.lies = false;
        assertThat(signed(card, fake.key()).size()).isPositive();
        // that of another key
        var another = new FakeCard(algorithm);
        assertRefused(() -> signed(card, another.key()), Meaning.WRONG_SIGNATURE);
    }

    private Bytes signed(PivCard card, PivKey key) throws Exception {
        if (key.algorithm() == PivAlgorithm.ED25519) {
            return card.sign(key, Bytes.of(LETTER), pin);
        }
        var scheme =
                key.algorithm() == PivAlgorithm.RSA_2048
                        ? Scheme.RSA_PSS_SHA256
                        : Scheme.ECDSA_SHA256;
        return card.sign(key, scheme, digest(scheme), pin);
    }

    @ParameterizedTest
    @EnumSource
    void keySignsInEachScheme(PivAlgorithm algorithm) throws Exception {
        var fake = new FakeCard(algorithm);
        var card = card(fake);
        if (algorithm.algorithm().isEmpty()) {
            assertThat(
                            JdkVerifier.verifiesEd25519(
                                    fake.key().publicKey(), LETTER, signed(card, fake.key())))
                    .isTrue();
            return;
        }
        for (var scheme : algorithm.algorithm().get().schemes()) {
            var signature = card.sign(fake.key(), scheme, digest(scheme), pin);
            assertThat(JdkVerifier.verifies(fake.key().publicKey(), scheme, LETTER, signature))
                    .as(scheme.toString())
                    .isTrue();
        }
    }

    @Test
    void schemeOfAnotherKindOfKeyIsRefused() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        assertThatThrownBy(
                        () ->
                                card.sign(
                                        fake.key(),
                                        Scheme.RSA_PSS_SHA256,
                                        digest(Scheme.RSA_PSS_SHA256),
                                        pin))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> card.sign(fake.key(), Scheme.ECDSA_SHA256, Bytes.EMPTY, pin))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> card.sign(fake.key(), Bytes.of(LETTER), pin))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cardThatAnotherProgramResetIsToldThePinOnceMore() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        card.verifyPin(pin);
        fake.resets = 1;
        assertThat(signed(card, fake.key()).size()).isEqualTo(64);
        fake.resets = 2;
        assertRefused(() -> signed(card, fake.key()), Meaning.CARD_RESET);
    }

    @Test
    void cardThatForgotThePinIsToldItOnceMore() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        fake.forgets = 1;
        assertThat(signed(card, fake.key()).size()).isEqualTo(64);
        assertThat(fake.pins).isEqualTo(2);
        fake.forgets = 2;
        assertRefused(() -> signed(card, fake.key()), Meaning.PIN_REQUIRED);
        assertThat(fake.pins).isEqualTo(4);
    }

    /// Whoever comes next would sign with it.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pinIsNotLeftVerified(boolean takesForget) throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        fake.takesForget = takesForget;
        var card = card(fake);
        try (var next = FakeCard.secret("654321")) {
            ThrowingCallable[] all = {
                () -> card.verifyPin(pin),
                () -> signed(card, fake.key()),
                () -> assertRefused(() -> card.verifyPin(next), Meaning.WRONG_PIN)
            };
            for (var one : all) {
                one.call();
                assertThat(fake.verified).isFalse();
                assertRefused(
                        () ->
                                card.sign(
                                        fake.key(),
                                        Scheme.ECDSA_SHA256,
                                        digest(Scheme.ECDSA_SHA256),
                                        null),
                        Meaning.PIN_REQUIRED);
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        assertThat(fake.madeForget).isEqualTo(takesForget ? 0 : 2);
    }

    /// What it was asked for is done all the same.
    @Test
    void cardThatCannotBeToldToForgetThePinIsReset() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        fake.deafToForget = 1;
        assertThat(signed(card, fake.key()).size()).isEqualTo(64);
        assertThat(fake.madeForget).isEqualTo(1);
        assertThat(fake.verified).isFalse();
        assertThat(signed(card, fake.key()).size()).isEqualTo(64);
        assertThat(fake.pins).isEqualTo(2);
    }

    @Test
    void cardThatMayStillKnowThePinIsNotUsedUntilItForgotIt() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        fake.deafToForget = 3;
        fake.deafToReset = 2;
        assertRefused(() -> signed(card, fake.key()), Meaning.PIN_KEPT);
        assertThat(fake.verified).isTrue();
        fake.seen.clear();
        assertRefused(card::pinState, Meaning.PIN_KEPT);
        assertThat(fake.seen).containsOnly(Ins.SELECT.number(), Ins.VERIFY.number());
        assertThat(fake.pins).isEqualTo(1);
        // by a reset
        assertThat(card.pinState().left()).isEqualTo(3);
        assertThat(fake.verified).isFalse();
        assertThat(signed(card, fake.key()).size()).isEqualTo(64);
    }

    @Test
    void refusalOfWhatWasAskedDoesNotHideThatThePinIsKept() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        fake.lies = true;
        fake.deafToForget = 1;
        fake.deafToReset = 1;
        assertRefused(() -> signed(card, fake.key()), Meaning.PIN_KEPT);
        fake.lies = false;
        // it hears now
        assertThat(signed(card, fake.key()).size()).isEqualTo(64);
        assertThat(fake.verified).isFalse();
        assertThat(fake.madeForget).isZero();
    }

    @Test
    void cardThatIsPulledHasForgottenThePin() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        fake.pulledAtForget = true;
        assertThat(signed(card, fake.key()).size()).isEqualTo(64);
        assertThat(fake.madeForget).isZero();
    }

    @Test
    void pinIsForgottenAlsoWhenTheCardLies() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        fake.lies = true;
        assertRefused(() -> signed(card, fake.key()), Meaning.WRONG_SIGNATURE);
        assertThat(fake.verified).isFalse();
        fake.forgets = 2;
        assertRefused(() -> signed(card, fake.key()), Meaning.PIN_REQUIRED);
        assertThat(fake.verified).isFalse();
    }

    /// Also within a transaction: before each PIN.
    @Test
    void pinIsNotSentToAnotherCard() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        var own = fake.number;
        fake.number = Bytes.of(new byte[] {3, 2, 1, 0});
        try (var next = FakeCard.secret("654321")) {
            assertRefused(() -> card.verifyPin(pin), Meaning.ANOTHER_CARD);
            assertRefused(() -> card.changePin(pin, next), Meaning.ANOTHER_CARD);
            assertRefused(() -> card.unblockPin(pin, next), Meaning.ANOTHER_CARD);
            assertRefused(() -> signed(card, fake.key()), Meaning.ANOTHER_CARD);
        }
        fake.number = Bytes.EMPTY;
        assertRefused(() -> signed(card, fake.key()), Meaning.ANOTHER_CARD);
        assertThat(fake.pins).isZero();
        fake.number = own;
        assertThat(signed(card, fake.key()).size()).isEqualTo(64);
        assertThat(fake.pins).isEqualTo(1);
    }

    @Test
    void cardPutInAfterAResetIsNotTakenForTheFirst() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        var own = fake.number;
        fake.numberAfterwards = Bytes.of(new byte[] {3, 2, 1, 0});
        fake.resets = 1;
        assertRefused(() -> signed(card, fake.key()), Meaning.ANOTHER_CARD);
        fake.number = own;
        fake.resets = 1;
        try (var key = Secret.owning(new byte[24])) {
            assertRefused(
                    () -> card.generate(Slot.AUTHENTICATION, PivAlgorithm.P256, key),
                    Meaning.ANOTHER_CARD);
        }
        assertThat(fake.pins).isZero();
        assertThat(fake.times(Ins.GENERATE)).isZero();
        fake.number = own;
        fake.numberAfterwards = own;
        fake.resets = 1;
        assertThat(signed(card, fake.key()).size()).isEqualTo(64);
    }

    /// By its card holder unique identifier, or else not at all after a reset.
    @Test
    void cardWithoutANumberIsKnownByWhoseItIs() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        fake.number = Bytes.EMPTY;
        fake.numberAfterwards = Bytes.EMPTY;
        var silent = card(fake);
        assertThat(signed(silent, fake.key()).size()).isEqualTo(64);
        fake.resets = 1;
        assertRefused(() -> signed(silent, fake.key()), Meaning.CARD_RESET);
        assertThat(fake.pins).isEqualTo(1);

        fake.takesForget = false;
        var reset = card(fake);
        assertThat(signed(reset, fake.key()).size()).isEqualTo(64);
        assertRefused(() -> signed(reset, fake.key()), Meaning.CARD_RESET);
        assertThat(fake.pins).isEqualTo(2);
        fake.takesForget = true;

        fake.hold(0x5fc102, Bytes.fromHex("3410000102030405060708090a0b0c0d0e0f"));
        var card = card(fake);
        fake.resets = 1;
        assertThat(signed(card, fake.key()).size()).isEqualTo(64);
        fake.hold(0x5fc102, Bytes.fromHex("3410100102030405060708090a0b0c0d0e0f"));
        fake.resets = 1;
        assertRefused(() -> signed(card, fake.key()), Meaning.ANOTHER_CARD);
        assertRefused(() -> signed(card, fake.key()), Meaning.ANOTHER_CARD);
        assertThat(fake.pins).isEqualTo(3);
    }

    @Test
    void keyOfAnotherEdwardsCurveIsNotTakenForEd25519() throws Exception {
        var key = KeyPairGenerator.getInstance("Ed448").generateKeyPair().getPublic();
        assertThatThrownBy(() -> PivAlgorithm.of(key)).isInstanceOf(MalformedException.class);
        var right = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
        assertThat(PivAlgorithm.of(right)).isEqualTo(PivAlgorithm.ED25519);
    }

    @Test
    void longObjectIsWrittenAsItIsRead() throws Exception {
        for (int size : new int[] {0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000}) {
            var octets = new byte[size];
            assertThat(Tlv.only(0x53, Bytes.of(Tlv.write(0x53, octets))))
                    .isEqualTo(Bytes.of(octets));
        }
        assertThatThrownBy(() -> Tlv.write(0x53, new byte[1 << 24]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withoutAPinThereIsNoSignature() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        assertRefused(
                () -> card.sign(fake.key(), Scheme.ECDSA_SHA256, digest(Scheme.ECDSA_SHA256), null),
                Meaning.PIN_REQUIRED);
    }

    @Test
    void cardThatDoesNotHaveTheManagementKeyIsRefused() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        try (var key = Secret.owning(new byte[24])) {
            fake.lies = true;
            assertRefused(
                    () -> card.generate(Slot.AUTHENTICATION, PivAlgorithm.P256, key),
                    Meaning.FORGED_CARD);
            fake.lies = false;
            assertThat(card.generate(Slot.AUTHENTICATION, PivAlgorithm.P256, key))
                    .isEqualTo(fake.key());
        }
    }

    @Test
    void wrongManagementKeyIsRefused() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        var wrong = new byte[24];
        Arrays.fill(wrong, (byte) 4);
        try (var key = Secret.owning(wrong)) {
            assertRefused(
                    () -> card.generate(Slot.AUTHENTICATION, PivAlgorithm.P256, key),
                    Meaning.WRONG_MANAGEMENT_KEY);
        }
        assertThat(fake.times(Ins.GENERATE)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7f4900",
                "7f49 03 860104",
                "7f49 02 8600",
                // all zeros: beside the curve
                "7f49 43 8641 04 %064x %064x",
                "7f49 44 8641 04 %064x %064x 00"
            })
    void publicKeyThatIsNoneIsRefused(String answer) throws Exception {
        var text = answer.formatted(0, 0).replace(" ", "");
        var octets = Bytes.fromHex(text);
        assertThatThrownBy(() -> PublicKeys.read(PivAlgorithm.P256, Tlv.only(0x7f49, octets)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void certificateThatGrowsWithoutEndIsRefused() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(new byte[1 << 20]);
        }
        var object =
                Bytes.concat(
                        Bytes.of(Tlv.write(0x70, out.toByteArray())), Bytes.fromHex("710101fe00"));
        fake.hold(Slot.AUTHENTICATION, object);
        var card = card(fake);
        assertRefused(() -> card.certificate(Slot.AUTHENTICATION), Meaning.MALFORMED_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"71", "7000710100", "700100 710101", "70023000 710100 fe00", "7003"})
    void certificateThatIsNoneIsRefused(String object) throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        fake.hold(Slot.AUTHENTICATION, Bytes.fromHex(object.replace(" ", "")));
        var card = card(fake);
        assertRefused(() -> card.certificate(Slot.AUTHENTICATION), Meaning.MALFORMED_ANSWER);
    }

    @Test
    void emptySlotHasNeitherCertificateNorKey() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        var card = card(fake);
        assertThat(card.certificate(Slot.AUTHENTICATION)).isEmpty();
        assertRefused(() -> card.key(Slot.AUTHENTICATION), Meaning.NO_KEY);
        fake.hold(Slot.AUTHENTICATION, Bytes.EMPTY);
        assertThat(card.certificate(Slot.AUTHENTICATION)).isEmpty();
    }

    @Test
    void plainCardSaysNothingOfYubicos() throws Exception {
        var fake = new FakeCard(PivAlgorithm.P256);
        fake.number = Bytes.EMPTY;
        var card = card(fake);
        assertThat(card.serial()).isEmpty();
        assertThat(card.firmware()).isEmpty();
        assertThat(card.metadata(Slot.AUTHENTICATION)).isEmpty();
        assertThat(card.attest(Slot.AUTHENTICATION)).isEmpty();
        assertThat(card.guid()).isEmpty();
    }
}
