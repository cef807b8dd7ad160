package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Scheme;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.PinProtected;
import dev.custodian.device.PinProtected.PinPolicy;
import dev.custodian.device.PivStore;
import dev.custodian.it.device.SimulatedPivCard.Kind;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A PIN that is held while others change the card's PIN, or use up its tries. Card and reader are
/// simulated.
class HeldCardPinIT {
    private static final Bytes DIGEST = Hashes.sha256(Bytes.utf8("Dear Charles"));
    private static final String NEXT = "654321";
    private static final String WRONG = "999999";

    private CardInReader in;
    private PivStore store;

    @BeforeEach
    void begin() throws Exception {
        in = CardInReader.of(Kind.YUBICO);
        try (var management = CardInReader.managementKey()) {
            store = PivStore.open(CardInReader.reader(), management);
        }
    }

    @AfterEach
    void end() {
        // a card that stays in the reader keeps the next one out
        try (var _ = in) {
            store.close();
        }
    }

    private DeviceKey guarded(String slot) throws Exception {
        try (var pin = CardInReader.secret(SimulatedPivCard.PIN)) {
            return store.create(new KeySpec(slot, KeyType.P256), pin);
        }
    }

    private static PinProtected guard(DeviceKey key) {
        return key.ability(PinProtected.class).orElseThrow();
    }

    private static void unlock(DeviceKey key, String text, PinPolicy policy) throws Exception {
        try (var pin = CardInReader.secret(text)) {
            guard(key).unlock(pin, policy);
        }
    }

    private static void unlock(DeviceKey key, String text) throws Exception {
        unlock(key, text, new PinPolicy.Session());
    }

    private static Bytes sign(DeviceKey key) throws DeviceException {
        return key.sign(Scheme.ECDSA_SHA256, DIGEST);
    }

    private static void assertSigns(DeviceKey key)
            throws DeviceException, GeneralSecurityException {
        var verifier = Signature.getInstance("NONEwithECDSAinP1363Format");
        verifier.initVerify(key.publicKey());
        verifier.update(DIGEST.toArray());
        assertThat(verifier.verify(sign(key).toArray())).isTrue();
    }

    private static void refused(DeviceFailure failure, ThrowingCallable what) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(what)
                .satisfies(e -> assertThat(e.failure()).as(e.sentences()).isEqualTo(failure));
    }

    private void anotherProgramChangesThePin() throws IOException {
        try (var pin = CardInReader.secret(SimulatedPivCard.PIN);
                var next = CardInReader.secret(NEXT)) {
            in.card().changePin(pin, next);
        }
    }

    private void anotherProgramIsWrong(int times) {
        try (var wrong = CardInReader.secret(WRONG)) {
            for (int i = 0; i < times; i++) {
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> in.card().verifyPin(wrong));
            }
        }
    }

    private int sent() {
        return in.simulated().pinsSeen();
    }

    @Test
    void heldPinIsNotSentAtTheLastTryAndAPersonsOwnIs() throws Exception {
        try (var key = guarded("9a")) {
            unlock(key, SimulatedPivCard.PIN);
            assertSigns(key);
            anotherProgramChangesThePin();
            anotherProgramIsWrong(2);
            int before = sent();

            assertThat(guard(key).pinState().needed()).isFalse();
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));
            assertThat(sent()).isEqualTo(before);
            var state = guard(key).pinState();
            assertThat(state.needed()).isTrue();
            assertThat(state.sentence()).isEqualTo("1 of 3 tries are left.");

            unlock(key, NEXT, new PinPolicy.EachUse());
            assertSigns(key);
            assertThat(sent()).isEqualTo(before + 2);
            assertThat(guard(key).pinState().triesLeft()).isEqualTo(3);
        }
    }

    /// Nor is the right one: nobody knows whether it is, until it was sent.
    @Test
    void heldPinThatIsStillRightWaitsForAPersonAtTheLastTryToo() throws Exception {
        try (var key = guarded("9a")) {
            unlock(key, SimulatedPivCard.PIN);
            anotherProgramIsWrong(1);
            assertSigns(key);
            assertThat(in.simulated().pinTries()).as("a right one brings them back").isEqualTo(3);
            anotherProgramIsWrong(2);
            int before = sent();
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));
            assertThat(sent()).isEqualTo(before);
            unlock(key, SimulatedPivCard.PIN);
            assertSigns(key);
        }
    }

    @Test
    void blockedCardIsSentNoHeldPin() throws Exception {
        try (var key = guarded("9a");
                var puk = CardInReader.secret(SimulatedPivCard.PUK);
                var next = CardInReader.secret(NEXT)) {
            unlock(key, SimulatedPivCard.PIN);
            anotherProgramIsWrong(3);
            int before = sent();
            refused(DeviceFailure.PIN_LOCKED, () -> sign(key));
            in.card().unblockPin(puk, next);
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));
            assertThat(sent()).isEqualTo(before);
            unlock(key, NEXT);
            assertSigns(key);
        }
    }

    @Test
    void cardThatTakesOnePinAtMostSignsWithAHeldOne() throws Exception {
        in.simulated().takesTries(1);
        try (var key = guarded("9a")) {
            unlock(key, SimulatedPivCard.PIN);
            assertThat(guard(key).pinState().sentence()).isEqualTo("1 of 1 tries are left.");
            assertSigns(key);
            assertSigns(key);
        }
    }

    @Test
    void otherKeysOfTheCardLetGoOfAPinThatOneOfThemChanged() throws Exception {
        try (var key = guarded("9a");
                var same = store.open(key.uri());
                var other = guarded("9c");
                var pin = CardInReader.secret(SimulatedPivCard.PIN);
                var next = CardInReader.secret(NEXT)) {
            for (var one : List.of(same, other)) {
                unlock(one, SimulatedPivCard.PIN);
                assertSigns(one);
            }
            guard(key).changePin(pin, next);
            int before = sent();
            for (var one : List.of(same, other)) {
                assertThat(guard(one).pinState().needed()).isTrue();
                refused(DeviceFailure.PIN_NEEDED, () -> sign(one));
            }
            assertThat(sent()).isEqualTo(before);
            for (var one : List.of(same, other)) {
                unlock(one, NEXT);
                assertSigns(one);
            }
        }
    }

    /// That it was changed is not known before.
    @Test
    void pinThatAnotherProgramChangedCostsOneTryForAllKeys() throws Exception {
        try (var key = guarded("9a");
                var other = guarded("9c")) {
            unlock(key, SimulatedPivCard.PIN);
            unlock(other, SimulatedPivCard.PIN);
            anotherProgramChangesThePin();
            refused(DeviceFailure.PIN_WRONG, () -> sign(key));
            refused(DeviceFailure.PIN_NEEDED, () -> sign(key));
            refused(DeviceFailure.PIN_NEEDED, () -> sign(other));
            assertThat(in.simulated().pinTries()).isEqualTo(2);
            unlock(other, NEXT);
            assertSigns(other);
        }
    }
}
