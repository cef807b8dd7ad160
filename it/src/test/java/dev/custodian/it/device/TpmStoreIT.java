package dev.custodian.it.device;

import static dev.custodian.it.device.TpmStores.WORK;
import static dev.custodian.it.device.TpmStores.made;
import static dev.custodian.it.device.TpmStores.pin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.Attesting;
import dev.custodian.device.CertificateHolding;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract over a TPM, and what its files and PINs are worth elsewhere. It is simulated by
/// swtpm, and the store says so.
class TpmStoreIT extends PinStoreContract {
    private static final Bytes LETTER = Bytes.utf8("Dear Charles");

    @TempDir Path scratch;

    private TpmStores stores;

    @BeforeEach
    @Override
    protected void begin() throws Exception {
        stores = TpmStores.in(scratch);
        super.begin();
    }

    @AfterEach
    @Override
    protected void end() {
        super.end();
        stores.close();
    }

    @Override
    protected DeviceStore open() throws Exception {
        return stores.open();
    }

    @Override
    protected DeviceStore another() throws Exception {
        var store = TpmStore.open(scratch.resolve("keys2"), stores.other::connect);
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
        return EnumSet.of(KeyType.P256, KeyType.P384, KeyType.RSA_2048, KeyType.RSA_3072);
    }

    @Override
    protected Set<Class<?>> keyAbilities() {
        return Set.of(Attesting.class, CertificateHolding.class);
    }

    @Override
    protected Set<Class<?>> abilities() {
        return Set.of(PinStore.class, Sealing.class);
    }

    @Override
    protected int pinsSent() {
        return stores.bus().sessions();
    }

    /// Whoever sits between puts a storage key of his own in the place of the right one, to have
    /// the PIN sealed for him: in the file, or on the way to the TPM.
    @Test
    void pinIsNotSentToAnotherStorageKey() throws Exception {
        var store = stores.open();
        KeyUri uri;
        try (var pin = pin();
                var key = store.create(WORK, pin)) {
            uri = key.uri();
        }
        var file = stores.work();
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
            stores.bus().leadTo(stores.other);
            refused(DeviceFailure.KEY_FOREIGN, () -> sign(key));
            refused(DeviceFailure.KEY_FOREIGN, () -> guard.unlock(pin, new PinPolicy.Session()));
            refused(DeviceFailure.KEY_FOREIGN, () -> guard.changePin(pin, next));
            assertThat(pinsSent()).isEqualTo(sent);

            // as a resource manager does with what a broken connection leaves
            stores.swtpm.run("tpm2", "flushcontext", "-t").orFail();
            stores.bus().leadTo(stores.swtpm);
            guard.unlock(pin, new PinPolicy.Session());
            assertSigns(key);
            assertThat(pinsSent()).isGreaterThan(sent);
        }
    }

    /// The first key pins the storage key for all that get a PIN after it; whoever is there before
    /// the first is believed.
    @Test
    void newPinIsNotSentToAnotherStorageKey() throws Exception {
        var store = stores.open();
        var uri = made(store);
        int sent = pinsSent();
        store.close();
        var elsewhere = stores.open(stores.other);
        var next = new KeySpec("next", KeyType.P256);
        try (var pin = pin()) {
            refused(DeviceFailure.KEY_FOREIGN, () -> elsewhere.create(next, pin));
            assertThat(pinsSent()).isEqualTo(sent);
            assertThat(elsewhere.list()).containsExactly(uri);
            elsewhere.close();
            try (var key = stores.open().create(next, pin)) {
                key.ability(PinProtected.class).orElseThrow().unlock(pin, new PinPolicy.EachUse());
                assertSigns(key);
                assertThat(pinsSent()).isGreaterThan(sent);
            }
        }
    }

    @Test
    void changedOctetOfAFileOpensNothingAndTheRightFileDoes() throws Exception {
        var store = stores.open();
        var uri = made(store);
        var file = stores.work();
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
    void opensslSignsWithTheFileAndItsFileIsAdopted() throws Exception {
        var store = stores.open();
        var letter = stores.swtpm.folder().resolve("letter");
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
        var again = stores.open();
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
        var out = stores.swtpm.folder().resolve("out");
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
        stores.swtpm.run(line.toArray(String[]::new)).orFail();
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
                var _ = stores.open().create(WORK, pin)) {
            var text = Files.readString(stores.work());
            assertThat(text)
                    .startsWith("Custodian-Key: 1\nParent: 000b")
                    .doesNotContain("123456")
                    .contains("\nPSS: no\n-----BEGIN TSS2 PRIVATE KEY-----\n");
            assertThat(text.getBytes(StandardCharsets.US_ASCII).length).isLessThan(1024);
        }
    }

    @Test
    void pinThatNoTpmTakesIsRefusedBeforeAnythingIsMade() throws Exception {
        var store = stores.open();
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
        try (var store = stores.open();
                var key = store.create(WORK)) {
            var attesting = key.ability(Attesting.class).orElseThrow();
            refused(DeviceFailure.UNSUPPORTED, attesting::evidence);
            refused(DeviceFailure.UNSUPPORTED, () -> attesting.answer(Bytes.of(new byte[32])));
            assertThat(key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(LETTER)).size()).isEqualTo(64);
        }
    }
}
