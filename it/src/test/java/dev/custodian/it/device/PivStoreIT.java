package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.attest.NotAttestedException;
import dev.custodian.core.attest.PinPolicy;
import dev.custodian.core.attest.PivAttestation;
import dev.custodian.core.attest.TouchPolicy;
import dev.custodian.device.Attesting;
import dev.custodian.device.CertificateHolding;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceKeys;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.PinProtected;
import dev.custodian.device.PinStore;
import dev.custodian.device.PivStore;
import dev.custodian.device.StoreKind;
import dev.custodian.device.StoreSource;
import dev.custodian.device.Verdict;
import dev.custodian.device.piv.Slot;
import dev.custodian.device.testing.PinStoreContract;
import dev.custodian.device.testing.SomeCertificate;
import dev.custodian.it.device.SimulatedPivCard.Fault;
import dev.custodian.it.device.SimulatedPivCard.Kind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract over a PIV card, and what happens to a card besides. Card and reader are simulated,
/// and the store says so.
class PivStoreIT extends PinStoreContract {
    private static final KeySpec WORK = new KeySpec("9a", KeyType.P256);
    private static final List<String> SLOTS = List.of("9a", "9c", "9d", "9e", "82", "95");

    @TempDir Path scratch;

    private final List<DeviceStore> opened = new ArrayList<>();
    private CardInReader in;

    @BeforeEach
    @Override
    protected void begin() throws Exception {
        in = CardInReader.of(Kind.YUBICO);
        super.begin();
    }

    @AfterEach
    @Override
    protected void end() {
        // a card that stays in the reader keeps the next one out
        try (var _ = in) {
            super.end();
            opened.forEach(DeviceStore::close);
        }
    }

    private void insteadOf(SimulatedPivCard card) throws Exception {
        in.close();
        in = CardInReader.of(card);
    }

    @Override
    protected PivStore open() throws Exception {
        try (var management = CardInReader.managementKey()) {
            return opened(PivStore.open(CardInReader.reader(), management));
        }
    }

    private PivStore opened(PivStore store) {
        opened.add(store);
        return store;
    }

    private PivStore withoutManagementKey() throws Exception {
        return opened(PivStore.open(CardInReader.reader(), null));
    }

    /// A reader holds one card, and this store seals nothing.
    @Override
    protected DeviceStore another() {
        throw new AssertionError("nothing is sealed");
    }

    @Override
    protected StoreKind kind() {
        return StoreKind.CARD;
    }

    @Override
    protected Verdict verdict() {
        return Verdict.HARDWARE_CLAIMED;
    }

    @Override
    protected boolean simulated() {
        return true;
    }

    @Override
    protected Set<KeyType> types() {
        return EnumSet.allOf(KeyType.class);
    }

    @Override
    protected Set<Class<?>> abilities() {
        return Set.of(PinStore.class);
    }

    @Override
    protected Set<Class<?>> keyAbilities() {
        return Set.of(CertificateHolding.class, Attesting.class);
    }

    @Override
    protected KeySpec spec(int number, KeyType type) {
        return new KeySpec(SLOTS.get(number - 1), type);
    }

    @Override
    protected int pinsSent() {
        return in.simulated().pinsSeen();
    }

    private static DeviceKey guarded(PivStore store, KeySpec spec) throws DeviceException {
        try (var pin = CardInReader.secret(SimulatedPivCard.PIN)) {
            return store.create(spec, pin);
        }
    }

    private static PinProtected guard(DeviceKey key) {
        return key.ability(PinProtected.class).orElseThrow();
    }

    private static void unlock(DeviceKey key) throws DeviceException {
        try (var pin = CardInReader.secret(SimulatedPivCard.PIN)) {
            guard(key).unlock(pin, new PinProtected.PinPolicy.Session());
        }
    }

    // making

    @Test
    void nameThatIsNoSlotIsRefused() throws Exception {
        var store = open();
        for (var name : List.of("work", "9b", "f9", "9", "81", "96")) {
            refused(DeviceFailure.UNSUPPORTED, () -> store.create(new KeySpec(name, KeyType.P256)));
        }
        assertThat(store.list()).isEmpty();
        try (var key = store.create(WORK)) {
            assertThat(key.uri().text())
                    .isEqualTo("custodian-key:piv:serial=" + SimulatedPivCard.SERIAL + ";slot=9a");
        }
    }

    @Test
    void pinThatIsNotTheCardsMakesNoKey() throws Exception {
        var store = open();
        try (var tooShort = CardInReader.secret("12345");
                var tooLong = CardInReader.secret("123456789");
                var wrong = CardInReader.secret("654321")) {
            refused(DeviceFailure.PIN_UNFIT, () -> store.create(WORK, tooShort));
            refused(DeviceFailure.PIN_UNFIT, () -> store.create(WORK, tooLong));
            assertThat(in.simulated().pinTries()).isEqualTo(3);
            refused(DeviceFailure.PIN_WRONG, () -> store.create(WORK, wrong));
        }
        assertThat(store.list()).isEmpty();
        try (var key = guarded(store, WORK)) {
            unlock(key);
            assertSigns(key);
        }
    }

    @Test
    void withoutTheManagementKeyTheKeysThatAreThereAreUsedAndNoneIsMade() throws Exception {
        KeyUri uri;
        try (var store = open();
                var key = guarded(store, WORK)) {
            uri = key.uri();
        }
        var store = withoutManagementKey();
        refused(DeviceFailure.STORE_DENIED, () -> store.create(new KeySpec("9c", KeyType.P256)));
        refused(DeviceFailure.STORE_DENIED, () -> guarded(store, new KeySpec("9c", KeyType.P256)));
        refused(DeviceFailure.STORE_DENIED, () -> store.delete(uri));
        refused(DeviceFailure.UNSUPPORTED, store::throwAway);
        assertThat(store.list()).containsExactly(uri);
        store.close();
        try (var keys = DeviceKeys.of(List.of(StoreSource.card(null)));
                var key = keys.open(uri)) {
            assertThat(keys.best().passedOver()).isEmpty();
            unlock(key);
            assertSigns(key);
        }
    }

    @Test
    void keysThatAreOpenStaySoWhileOthersAreMadeAndDeletedBesideThem() throws Exception {
        KeyUri uri;
        try (var store = open();
                var key = guarded(store, WORK)) {
            uri = key.uri();
        }
        var store = withoutManagementKey();
        try (var key = store.open(uri)) {
            unlock(key);
            int pins = pinsSent();
            try (var management = CardInReader.managementKey()) {
                var managed = store.managed(management);
                try (var other = managed.create(new KeySpec("9c", KeyType.P256))) {
                    managed.delete(other.uri());
                }
                managed.close();
                refused(DeviceFailure.CLOSED, managed::list);
            }
            assertSigns(key);
            assertThat(pinsSent()).as("the one that was given before").isEqualTo(pins + 1);
            refused(DeviceFailure.STORE_DENIED, () -> store.delete(uri));
        }
    }

    @Test
    void wrongManagementKeyIsToldAsWhatItIs() throws Exception {
        try (var wrong = CardInReader.secret("not the management key!!")) {
            var store = opened(PivStore.open(CardInReader.reader(), wrong));
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> store.create(WORK))
                    .satisfies(
                            e -> {
                                assertThat(e.failure()).isEqualTo(DeviceFailure.STORE_DENIED);
                                assertThat(e.code()).isEqualTo(0x6982);
                                assertThat(e.sentences()).endsWith("another management key.");
                            });
        }
        try (var key = open().create(WORK)) {
            assertSigns(key);
        }
    }

    @Test
    void cardThatDeletesNothingGetsNoKeyForATrialAndKeepsItsOwn() throws Exception {
        in.simulated().isOf(4);
        var store = open();
        assertThat(store.types())
                .containsExactlyInAnyOrder(KeyType.P256, KeyType.P384, KeyType.RSA_2048);
        refused(DeviceFailure.UNSUPPORTED, store::throwAway);
        try (var key = store.create(WORK)) {
            var certificate = SomeCertificate.of(key.publicKey(), "Ada");
            var holding = key.ability(CertificateHolding.class).orElseThrow();
            holding.keep(List.of(certificate));
            refused(DeviceFailure.UNSUPPORTED, () -> store.delete(key.uri()));
            assertThat(store.list()).containsExactly(key.uri());
            assertThat(holding.certificates()).containsExactly(certificate);
            assertSigns(key);
        }
    }

    /// Whoever takes "I do not know that command" for an empty slot overwrites a key.
    @Test
    void cardThatDoesNotTellOfItsKeysIsNoStore() throws Exception {
        in.simulated().isOf(2);
        refused(DeviceFailure.UNSUPPORTED, this::open);
        insteadOf(new SimulatedPivCard(Kind.PLAIN));
        refused(DeviceFailure.UNSUPPORTED, this::open);
        refused(DeviceFailure.UNSUPPORTED, () -> StoreSource.card(null).opening().open());
        insteadOf(new SimulatedPivCard(Kind.YUBICO_AES));
        try (var key = open().create(WORK)) {
            assertSigns(key);
        }
    }

    // beside the key

    @Test
    void evidenceLeadsToTheMakerAndSaysWhichKeyItIs() throws Exception {
        try (var key = guarded(open(), WORK)) {
            var evidence = key.ability(Attesting.class).orElseThrow().evidence();
            assertThat(evidence.kind()).isEqualTo(Attesting.Kind.PIV);
            var stranger = List.of(new SimulatedMaker().root());
            assertThatThrownBy(
                            () -> PivAttestation.verify(evidence.parts(), stranger, Instant.now()))
                    .isInstanceOf(NotAttestedException.class);
            var attested =
                    PivAttestation.verify(
                            evidence.parts(), List.of(in.simulated().root()), Instant.now());
            assertThat(attested.publicKey()).isEqualTo(key.publicKey());
            assertThat(attested.pinPolicy()).isEqualTo(PinPolicy.ALWAYS);
            assertThat(attested.touchPolicy()).isEqualTo(TouchPolicy.NEVER);
        }
    }

    @Test
    void certificateThatAFormerKeyLeftIsNotShown() throws Exception {
        var former = SomeCertificate.of(new SimulatedMaker().root().getPublicKey(), "Eve");
        try (var management = CardInReader.managementKey()) {
            in.card().putCertificate(Slot.AUTHENTICATION, former, false, management);
        }
        try (var key = open().create(WORK)) {
            var holding = key.ability(CertificateHolding.class).orElseThrow();
            assertThat(in.card().certificate(Slot.AUTHENTICATION)).contains(former);
            assertThat(holding.certificates()).isEmpty();
            var own = SomeCertificate.of(key.publicKey(), "Ada");
            refused(DeviceFailure.UNSUPPORTED, () -> holding.keep(List.of(own, former)));
            holding.keep(List.of(own));
            assertThat(holding.certificates()).containsExactly(own);
        }
    }

    // what happens to cards

    @Test
    void cardThatIsPulledIsGoneAndItsKeysSignWhenItIsBack() throws Exception {
        var store = open();
        try (var free = store.create(WORK);
                var key = guarded(store, new KeySpec("9c", KeyType.P256))) {
            unlock(key);
            in.simulated().leavesAt(SimulatedPivCard.GENERAL_AUTHENTICATE);
            refused(DeviceFailure.STORE_GONE, () -> sign(key));
            refused(DeviceFailure.STORE_GONE, () -> sign(free));
            refused(DeviceFailure.STORE_GONE, () -> guard(key).pinState());
            in.insertAgain();
            assertSigns(free);
            assertSigns(key);
            assertThat(in.simulated().pinTries()).isEqualTo(3);
        }
    }

    @Test
    void anotherCardInTheReaderIsNotTakenForTheFirst() throws Exception {
        var first = in.simulated();
        var store = open();
        try (var key = store.create(WORK)) {
            var uri = key.uri();
            insteadOf(new SimulatedPivCard(Kind.YUBICO, SimulatedPivCard.SERIAL + 1));
            refused(DeviceFailure.KEY_FOREIGN, () -> sign(key));
            refused(DeviceFailure.KEY_FOREIGN, store::list);
            var other = open();
            refused(DeviceFailure.KEY_UNKNOWN, () -> other.open(uri));
            refused(DeviceFailure.KEY_UNKNOWN, () -> other.delete(uri));
            other.close();
            insteadOf(first);
            assertSigns(key);
        }
    }

    /// Put in while nobody looked; the PIN is for the first one. Both have the same PIN here, so
    /// that it would have been taken.
    @Test
    void pinIsNotSentToAnotherCardInTheReader() throws Exception {
        var first = in.simulated();
        try (var key = guarded(open(), WORK);
                var pin = CardInReader.secret(SimulatedPivCard.PIN);
                var next = CardInReader.secret("654321")) {
            unlock(key);
            var second = new SimulatedPivCard(Kind.YUBICO, SimulatedPivCard.SERIAL + 1);
            insteadOf(second);
            refused(DeviceFailure.KEY_FOREIGN, () -> sign(key));
            refused(DeviceFailure.KEY_FOREIGN, () -> unlock(key));
            refused(DeviceFailure.KEY_FOREIGN, () -> guard(key).changePin(pin, next));
            assertThat(second.pinsSeen()).isZero();
            insteadOf(first);
            int before = first.pinsSeen();
            unlock(key);
            assertSigns(key);
            assertThat(first.pinsSeen()).isEqualTo(before + 2);
            assertThat(first.isVerified()).isFalse();
        }
    }

    @Test
    void resetByAnotherProgramCostsNoPin() throws Exception {
        try (var key = guarded(open(), WORK)) {
            unlock(key);
            assertSigns(key);
            var _ = in.run(scratch, "opensc-tool", "--reset=cold").orFail();
            assertSigns(key);
        }
    }

    @Test
    void signatureThatIsNotTheKeysIsNotBelieved() throws Exception {
        try (var key = open().create(WORK)) {
            in.simulated().has(Fault.LYING_SIGNATURE);
            refused(DeviceFailure.STORE_LIED, () -> sign(key));
            in.simulated().isWellAgain();
            assertSigns(key);
        }
    }

    @Test
    void blockedCardNamesThePukAndSignsAfterIt() throws Exception {
        try (var key = guarded(open(), WORK);
                var pin = CardInReader.secret(SimulatedPivCard.PIN);
                var puk = CardInReader.secret(SimulatedPivCard.PUK);
                var wrong = CardInReader.secret("654321")) {
            unlock(key);
            for (int left = 3; left > 0; left--) {
                refused(DeviceFailure.PIN_WRONG, () -> guard(key).changePin(wrong, pin));
            }
            var _ = in.simulated().commands(0);
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> unlock(key))
                    .satisfies(
                            e -> {
                                assertThat(e.failure()).isEqualTo(DeviceFailure.PIN_LOCKED);
                                assertThat(e.sentences()).contains("PUK");
                            });
            assertThat(in.simulated().commands(SimulatedPivCard.VERIFY)).isEmpty();
            in.card().unblockPin(puk, pin);
            unlock(key);
            assertSigns(key);
        }
    }

    // of all stores

    @Test
    void bestIsTheTpmThenTheCardThenFiles() throws Exception {
        var tpm = Swtpm.start(scratch.resolve("tpm"));
        try (var passphrase = CardInReader.secret("correct horse");
                var management = CardInReader.managementKey()) {
            var sources =
                    List.of(
                            StoreSource.software(scratch.resolve("files"), passphrase),
                            StoreSource.card(management),
                            StoreSource.tpm(scratch.resolve("keys"), "swtpm", tpm::connect));
            try (var keys = DeviceKeys.of(sources)) {
                assertThat(keys.best().sentence())
                        .startsWith("Taken: TPM (")
                        .doesNotContain("Not taken");
                assertThat(keys.list()).hasSize(3);
            }
            tpm.close();
            try (var keys = DeviceKeys.of(sources)) {
                assertThat(keys.best().sentence())
                        .startsWith("Taken: smart card (" + CardInReader.READER + "), SIMULATED.")
                        .contains("Not taken: TPM (swtpm): ");
            }
            in.pull();
            try (var keys = DeviceKeys.of(sources)) {
                var choice = keys.best();
                assertThat(choice.store().verdict()).isEqualTo(Verdict.SOFTWARE_PASSPHRASE);
                assertThat(choice.sentence())
                        .startsWith("Taken: software (")
                        .contains("Not taken: TPM (swtpm): ")
                        .contains(
                                "Not taken: smart card (any reader): This machine has no such"
                                        + " store of keys. No reader has a card.");
            }
        } finally {
            tpm.close();
        }
    }
}
