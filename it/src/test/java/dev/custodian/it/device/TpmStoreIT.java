package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.Attesting;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.PinProtected;
import dev.custodian.device.PinProtected.PinPolicy;
import dev.custodian.device.PinStore;
import dev.custodian.device.Sealing;
import dev.custodian.device.StoreKind;
import dev.custodian.device.TpmStore;
import dev.custodian.device.Verdict;
import dev.custodian.device.testing.PinStoreContract;
import dev.custodian.device.tpm.Tpm;
import dev.custodian.device.tpm.TpmKeyFile;
import dev.custodian.device.tpm.TpmStorage;
import dev.custodian.device.tpm.TpmTransport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract over a TPM, and what happens to a TPM besides. It is simulated by swtpm, and the
/// store says so.
class TpmStoreIT extends PinStoreContract {
    private static final KeySpec WORK = new KeySpec("work", KeyType.P256);
    private static final Bytes LETTER = Bytes.utf8("Dear Charles");

    @TempDir Path scratch;

    private final List<DeviceStore> opened = new ArrayList<>();
    private Swtpm swtpm;
    private Swtpm other;
    private Bus bus;

    @BeforeEach
    @Override
    protected void begin() throws Exception {
        swtpm = Swtpm.start(scratch.resolve("tpm"));
        other = Swtpm.start(scratch.resolve("tpm2"));
        bus = new Bus(swtpm);
        super.begin();
    }

    @AfterEach
    @Override
    protected void end() {
        super.end();
        opened.forEach(DeviceStore::close);
        swtpm.close();
        other.close();
    }

    /// One client at a time: a former one that was closed still says goodbye.
    private TpmStore open(Swtpm tpm) throws DeviceException {
        opened.forEach(DeviceStore::close);
        bus.leadTo(tpm);
        var store = TpmStore.open(scratch.resolve("keys"), bus);
        opened.add(store);
        return store;
    }

    @Override
    protected DeviceStore open() throws Exception {
        return open(swtpm);
    }

    @Override
    protected DeviceStore another() throws Exception {
        var store = TpmStore.open(scratch.resolve("keys2"), other::connect);
        return store;
    }

    @Override
    protected StoreKind kind() {
        return StoreKind.TPM;
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
        return EnumSet.of(KeyType.P256, KeyType.P384, KeyType.RSA_2048);
    }

    @Override
    protected Set<Class<?>> keyAbilities() {
        return Set.of(Attesting.class);
    }

    @Override
    protected Set<Class<?>> abilities() {
        return Set.of(PinStore.class, Sealing.class);
    }

    @Override
    protected int pinsSent() {
        return bus.sessions();
    }

    private static Secret pin() {
        return Secret.owning(Bytes.utf8("123456").toArray());
    }

    private KeyUri made(TpmStore store) throws Exception {
        try (var key = store.create(WORK)) {
            return key.uri();
        }
    }

    @Test
    void fileUnderAnotherTpmIsForeignAndGoodAgainUnderItsOwn() throws Exception {
        var uri = made(open(swtpm));
        var elsewhere = open(other);
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> elsewhere.open(uri))
                .satisfies(
                        e -> {
                            assertThat(e.failure()).isEqualTo(DeviceFailure.KEY_FOREIGN);
                            assertThat(e.failure().nextStep()).contains("enrol this machine anew");
                        });
        try (var key = open(swtpm).open(uri)) {
            assertSigns(key);
        }
    }

    @Test
    void clearedTpmMakesItsKeysForeignAndLeavesTheirFiles() throws Exception {
        var store = open(swtpm);
        var uri = made(store);
        store.close();
        swtpm.run("tpm2", "clear", "-c", "p").orFail();
        var after = open(swtpm);
        refused(DeviceFailure.KEY_FOREIGN, () -> after.open(uri));
        assertThat(after.list()).containsExactly(uri);
        try (var key = after.create(new KeySpec("next", KeyType.P256))) {
            assertSigns(key);
        }
    }

    /// Whoever sits between puts a storage key of his own in the place of the right one, to have
    /// the PIN sealed for him: in the file, or on the way to the TPM.
    @Test
    void pinIsNotSentToAnotherStorageKey() throws Exception {
        var store = open(swtpm);
        KeyUri uri;
        try (var pin = pin();
                var key = store.create(WORK, pin)) {
            uri = key.uri();
        }
        var file = scratch.resolve("keys/work.pem");
        var text = Files.readString(file);
        int at = text.indexOf("Parent: 000b") + "Parent: 000b".length();
        var changed = new StringBuilder(text);
        changed.setCharAt(at, text.charAt(at) == '0' ? '1' : '0');
        int sent = pinsSent();
        Files.writeString(file, changed);
        refused(DeviceFailure.KEY_FOREIGN, () -> store.open(uri));
        Files.writeString(file, text);

        try (var pin = pin();
                var next = Secret.owning(Bytes.utf8("654321").toArray());
                var key = store.open(uri)) {
            var guard = key.ability(PinProtected.class).orElseThrow();
            assertThat(pinsSent()).isEqualTo(sent);
            guard.unlock(pin, new PinPolicy.Session());
            assertThat(pinsSent()).isGreaterThan(sent);
            sent = pinsSent();
            bus.leadTo(other);
            refused(DeviceFailure.KEY_FOREIGN, () -> sign(key));
            refused(DeviceFailure.KEY_FOREIGN, () -> guard.unlock(pin, new PinPolicy.Session()));
            refused(DeviceFailure.KEY_FOREIGN, () -> guard.changePin(pin, next));
            assertThat(pinsSent()).isEqualTo(sent);

            // as a resource manager does with what a broken connection leaves
            swtpm.run("tpm2", "flushcontext", "-t").orFail();
            bus.leadTo(swtpm);
            guard.unlock(pin, new PinPolicy.Session());
            assertSigns(key);
            assertThat(pinsSent()).isGreaterThan(sent);
        }
    }

    /// The first key pins the storage key for all that get a PIN after it; whoever is there before
    /// the first is believed.
    @Test
    void newPinIsNotSentToAnotherStorageKey() throws Exception {
        var store = open(swtpm);
        var uri = made(store);
        int sent = pinsSent();
        store.close();
        var elsewhere = open(other);
        var next = new KeySpec("next", KeyType.P256);
        try (var pin = pin()) {
            refused(DeviceFailure.KEY_FOREIGN, () -> elsewhere.create(next, pin));
            assertThat(pinsSent()).isEqualTo(sent);
            assertThat(elsewhere.list()).containsExactly(uri);
            elsewhere.close();
            try (var key = open(swtpm).create(next, pin)) {
                key.ability(PinProtected.class).orElseThrow().unlock(pin, new PinPolicy.EachUse());
                assertSigns(key);
                assertThat(pinsSent()).isGreaterThan(sent);
            }
        }
    }

    @Test
    void changedOctetOfAFileOpensNothingAndTheRightFileDoes() throws Exception {
        var store = open(swtpm);
        var uri = made(store);
        var file = scratch.resolve("keys/work.pem");
        var whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            var changed = whole.clone();
            changed[at] ^= 1;
            Files.write(file, changed);
            assertThatExceptionOfType(DeviceException.class)
                    .as("octet " + at)
                    .isThrownBy(() -> assertSigns(store.open(uri)))
                    .satisfies(
                            e ->
                                    assertThat(e.failure())
                                            .isIn(
                                                    DeviceFailure.KEY_DAMAGED,
                                                    DeviceFailure.KEY_FOREIGN,
                                                    DeviceFailure.UNSUPPORTED,
                                                    DeviceFailure.STORE_BROKEN,
                                                    DeviceFailure.PIN_NEEDED));
            Files.write(file, java.util.Arrays.copyOf(whole, at));
            refused(DeviceFailure.KEY_DAMAGED, () -> store.open(uri));
        }
        Files.write(file, whole);
        try (var key = store.open(uri)) {
            assertSigns(key);
        }
    }

    @Test
    void fullTpmSaysSoAndWorksAgainWhenThereIsRoom() throws Exception {
        var store = open(swtpm);
        var uri = made(store);
        store.close();
        var left = new ArrayList<TpmStorage>();
        try (var tpm = new Tpm(swtpm.connect())) {
            for (int i = 0; i < 3; i++) {
                left.add(TpmStorage.preferred(tpm, new SecureRandom()));
            }
        }
        assertThat(left).hasSize(3);
        var full = open(swtpm);
        refused(DeviceFailure.STORE_FULL, () -> full.open(uri));
        full.close();
        try (var tpm = new Tpm(swtpm.connect())) {
            tpm.flushAll();
        }
        try (var key = open(swtpm).open(uri)) {
            assertSigns(key);
        }
    }

    /// It keeps everybody from the primary storage key, and is nobody's wrong PIN.
    @Test
    void ownersPasswordIsToldAsWhatItIs() throws Exception {
        open(swtpm).close();
        swtpm.run("tpm2", "changeauth", "-c", "owner", "secret").orFail();
        var store = open(swtpm);
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> store.create(WORK))
                .satisfies(
                        e -> {
                            assertThat(e.failure()).isEqualTo(DeviceFailure.STORE_DENIED);
                            assertThat(e.code()).isNotZero();
                            assertThat(e.sentences()).contains("owner has a password");
                        });
        store.close();
        swtpm.run("tpm2", "changeauth", "-c", "owner", "-p", "secret").orFail();
        try (var key = open(swtpm).create(WORK)) {
            assertSigns(key);
        }
    }

    @Test
    void storageKeysPasswordIsNobodysPin() throws Exception {
        open(swtpm).close();
        swtpm.run(
                        "tpm2",
                        "createprimary",
                        "-C",
                        "o",
                        "-p",
                        "secret",
                        "-G",
                        "ecc256:aes128cfb",
                        "-c",
                        "primary.ctx")
                .orFail();
        swtpm.run("tpm2", "evictcontrol", "-C", "o", "-c", "primary.ctx", "0x81000001").orFail();
        swtpm.run("tpm2", "flushcontext", "-t").orFail();
        var store = open(swtpm);
        try (var pin = pin()) {
            for (ThrowingCallable making :
                    List.<ThrowingCallable>of(
                            () -> store.create(WORK),
                            () -> store.create(WORK, pin),
                            () -> store.seal("share", pin))) {
                assertThatExceptionOfType(DeviceException.class)
                        .isThrownBy(making)
                        .satisfies(
                                e -> {
                                    assertThat(e.failure()).isEqualTo(DeviceFailure.STORE_DENIED);
                                    assertThat(e.code()).isNotZero();
                                    assertThat(e.sentences())
                                            .contains("storage key has a password");
                                });
            }
        }
        store.close();
        swtpm.run("tpm2", "evictcontrol", "-C", "o", "-c", "0x81000001").orFail();
        try (var key = open(swtpm).create(WORK)) {
            assertSigns(key);
        }
    }

    @Test
    void keySignsAgainAfterTheTpmWasRestarted() throws Exception {
        var store = open(swtpm);
        try (var pin = pin();
                var key = store.create(WORK);
                var guarded = store.create(new KeySpec("guarded", KeyType.P256), pin)) {
            assertSigns(key);
            var guard = guarded.ability(PinProtected.class).orElseThrow();
            guard.unlock(pin, new PinPolicy.Session());
            swtpm.close();
            refused(DeviceFailure.STORE_GONE, () -> sign(key));
            swtpm = Swtpm.start(scratch.resolve("tpm"));
            assertSigns(key);
            assertSigns(guarded);
        }
    }

    /// As over a night without power, in which the connection stays.
    @Test
    void keyWithAPinSignsAgainAfterTheTpmForgotIt() throws Exception {
        var line = new ArrayList<TpmTransport>();
        opened.forEach(DeviceStore::close);
        var store =
                TpmStore.open(
                        scratch.resolve("keys"),
                        () -> {
                            line.add(swtpm.connect());
                            return line.getLast();
                        });
        opened.add(store);
        try (var pin = pin();
                var newPin = Secret.owning(Bytes.utf8("654321").toArray());
                var key = store.create(WORK, pin)) {
            var guard = key.ability(PinProtected.class).orElseThrow();
            guard.unlock(pin, new PinPolicy.Session());
            var before = guard.pinState();
            new Tpm(line.getLast()).flushAll();
            assertSigns(key);
            new Tpm(line.getLast()).flushAll();
            guard.changePin(pin, newPin);
            guard.unlock(newPin, new PinPolicy.EachUse());
            assertSigns(key);
            assertThat(guard.pinState().triesLeft()).isEqualTo(before.triesLeft());
        }
    }

    /// Whoever left it there may take it out again.
    @Test
    void noNewKeyIsBelowAStorageKeyOfAnotherProgram() throws Exception {
        var store = open(swtpm);
        var uri = made(store);
        store.close();
        var context = scratch.resolve("context").toString();
        swtpm.run("tpm2", "createprimary", "-C", "o", "-G", "ecc", "-c", context).orFail();
        swtpm.run("tpm2", "flushcontext", "-t").orFail();
        swtpm.run("tpm2", "evictcontrol", "-C", "o", "-c", context, "0x81000100").orFail();
        swtpm.run("tpm2", "flushcontext", "-t").orFail();
        var file = scratch.resolve("keys/work.pem");
        var text = Files.readString(file);
        var theirs = TpmKeyFile.parse(text.substring(text.indexOf("-----BEGIN")));
        assertThat(theirs.parent()).isNotEqualTo(0x81000100);
        KeyUri next;
        try (var tpm = new Tpm(swtpm.connect());
                var above = storage(tpm, theirs)) {
            Files.writeString(file, above.create(KeyAlgorithm.P256, null).pem());
        }
        var again = open(swtpm);
        again.adopt("work");
        again.open(uri).close();
        try (var key = again.create(new KeySpec("next", KeyType.P256))) {
            next = key.uri();
        }
        again.close();
        swtpm.run("tpm2", "evictcontrol", "-C", "o", "-c", "0x81000100").orFail();
        var after = open(swtpm);
        refused(DeviceFailure.KEY_FOREIGN, () -> after.open(uri));
        try (var key = after.open(next)) {
            assertSigns(key);
        }
    }

    private static TpmStorage storage(Tpm tpm, TpmKeyFile like) throws Exception {
        return TpmStorage.of(
                new TpmKeyFile(like.kind(), true, 0x81000100, like.area(), like.sensitive()),
                tpm,
                new SecureRandom());
    }

    @Test
    void opensslSignsWithTheFileAndItsFileIsAdopted() throws Exception {
        var store = open(swtpm);
        var letter = swtpm.folder().resolve("letter");
        Files.write(letter, LETTER.toArray());
        try (var key = store.create(WORK)) {
            store.close();
            var signature = openssl("dgst", "-sha256", "-sign", key("work"), letter.toString());
            verify(key, signature);
        }
        var theirs = scratch.resolve("keys/theirs.pem");
        Files.createFile(
                theirs,
                java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                        java.nio.file.attribute.PosixFilePermissions.fromString("rw-------")));
        Files.write(
                theirs,
                openssl(
                        "genpkey",
                        "-algorithm",
                        "EC",
                        "-pkeyopt",
                        "group:P-256",
                        "-outform",
                        "PEM"));
        var uri = new KeyUri.TpmFile(theirs);
        var again = open(swtpm);
        refused(DeviceFailure.KEY_DAMAGED, () -> again.open(uri));
        again.adopt("theirs");
        again.adopt("theirs");
        assertThat(Files.readString(theirs)).startsWith("Custodian-Key: 1\nParent: 000b");
        try (var key = again.open(uri)) {
            assertSigns(key);
        }
    }

    private String key(String name) {
        return scratch.resolve("keys/" + name + ".pem").toString();
    }

    private byte[] openssl(String command, String... more) throws Exception {
        var out = swtpm.folder().resolve("out");
        var line =
                new ArrayList<>(
                        List.of(
                                "openssl",
                                command,
                                "-provider",
                                "tpm2",
                                "-provider",
                                "default",
                                "-propquery",
                                "?provider=tpm2",
                                "-out",
                                out.toString()));
        line.addAll(List.of(more));
        swtpm.run(line.toArray(String[]::new)).orFail();
        return Files.readAllBytes(out);
    }

    private static void verify(DeviceKey key, byte[] signature) throws Exception {
        var verifier = java.security.Signature.getInstance("SHA256withECDSA");
        verifier.initVerify(key.publicKey());
        verifier.update(LETTER.toArray());
        assertThat(verifier.verify(signature)).isTrue();
    }

    @Test
    void textOfAKeyHoldsNoPinAndNamesItsParent() throws Exception {
        try (var pin = pin();
                var _ = open(swtpm).create(WORK, pin)) {
            var text = Files.readString(scratch.resolve("keys/work.pem"));
            assertThat(text)
                    .startsWith("Custodian-Key: 1\nParent: 000b")
                    .doesNotContain("123456")
                    .contains("\nPSS: no\n-----BEGIN TSS2 PRIVATE KEY-----\n");
            assertThat(text.getBytes(StandardCharsets.US_ASCII).length).isLessThan(1024);
        }
    }

    @Test
    void pinThatNoTpmTakesIsRefusedBeforeAnythingIsMade() throws Exception {
        var store = open(swtpm);
        for (var octets : List.of(new byte[0], new byte[33], new byte[] {'1', 0})) {
            try (var pin = Secret.owning(octets)) {
                refused(DeviceFailure.PIN_UNFIT, () -> store.create(WORK, pin));
            }
        }
        assertThat(store.list()).isEmpty();
        try (var key = store.create(WORK)) {
            assertThat(key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(LETTER)).size()).isEqualTo(64);
        }
    }

    @Test
    void tpmWithoutACertificateOfItsMakerHasNothingToShow() throws Exception {
        try (var store = open(swtpm);
                var key = store.create(WORK)) {
            var attesting = key.ability(Attesting.class).orElseThrow();
            refused(DeviceFailure.UNSUPPORTED, attesting::evidence);
            refused(DeviceFailure.UNSUPPORTED, () -> attesting.answer(Bytes.of(new byte[32])));
            assertThat(key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(LETTER)).size()).isEqualTo(64);
        }
    }
}
