package dev.custodian.it.device;

import static dev.custodian.it.device.TpmStores.WORK;
import static dev.custodian.it.device.TpmStores.assertSigns;
import static dev.custodian.it.device.TpmStores.made;
import static dev.custodian.it.device.TpmStores.pin;
import static dev.custodian.it.device.TpmStores.refused;
import static dev.custodian.it.device.TpmStores.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.PinProtected;
import dev.custodian.device.PinProtected.PinPolicy;
import dev.custodian.device.TpmStore;
import dev.custodian.device.tpm.Tpm;
import dev.custodian.device.tpm.TpmKeyFile;
import dev.custodian.device.tpm.TpmStorage;
import dev.custodian.device.tpm.TpmTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to a TPM beside the keys that are in it: another one, one that was cleared or is
/// full, started anew, or used by other programs. It is simulated by swtpm.
class TpmTroubleIT {
    @TempDir Path scratch;

    private TpmStores stores;

    @BeforeEach
    void begin() throws Exception {
        stores = TpmStores.in(scratch);
    }

    @AfterEach
    void end() {
        stores.close();
    }

    @Test
    void fileUnderAnotherTpmIsForeignAndGoodAgainUnderItsOwn() throws Exception {
        var uri = made(stores.open());
        var elsewhere = stores.open(stores.other);
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> elsewhere.open(uri))
                .satisfies(
                        e -> {
                            assertThat(e.failure()).isEqualTo(DeviceFailure.KEY_FOREIGN);
                            assertThat(e.failure().nextStep()).contains("enrol this machine anew");
                        });
        try (var key = stores.open().open(uri)) {
            assertSigns(key);
        }
    }

    @Test
    void clearedTpmMakesItsKeysForeignAndLeavesTheirFiles() throws Exception {
        var store = stores.open();
        var uri = made(store);
        store.close();
        stores.swtpm.run("tpm2", "clear", "-c", "p").orFail();
        var after = stores.open();
        refused(DeviceFailure.KEY_FOREIGN, () -> after.open(uri));
        assertThat(after.list()).containsExactly(uri);
        try (var key = after.create(new KeySpec("next", KeyType.P256))) {
            assertSigns(key);
        }
    }

    @Test
    void fullTpmSaysSoAndWorksAgainWhenThereIsRoom() throws Exception {
        var store = stores.open();
        var uri = made(store);
        store.close();
        var left = new ArrayList<TpmStorage>();
        try (var tpm = new Tpm(stores.swtpm.connect())) {
            for (int i = 0; i < 3; i++) {
                left.add(TpmStorage.preferred(tpm, new SecureRandom()));
            }
        }
        assertThat(left).hasSize(3);
        var full = stores.open();
        refused(DeviceFailure.STORE_FULL, () -> full.open(uri));
        full.close();
        try (var tpm = new Tpm(stores.swtpm.connect())) {
            tpm.flushAll();
        }
        try (var key = stores.open().open(uri)) {
            assertSigns(key);
        }
    }

    /// It keeps everybody from the primary storage key, and is nobody's wrong PIN.
    @Test
    void ownersPasswordIsToldAsWhatItIs() throws Exception {
        stores.open().close();
        stores.swtpm.run("tpm2", "changeauth", "-c", "owner", "secret").orFail();
        var store = stores.open();
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> store.create(WORK))
                .satisfies(
                        e -> {
                            assertThat(e.failure()).isEqualTo(DeviceFailure.STORE_DENIED);
                            assertThat(e.code()).isNotZero();
                            assertThat(e.sentences()).contains("owner has a password");
                        });
        store.close();
        stores.swtpm.run("tpm2", "changeauth", "-c", "owner", "-p", "secret").orFail();
        try (var key = stores.open().create(WORK)) {
            assertSigns(key);
        }
    }

    @Test
    void storageKeysPasswordIsNobodysPin() throws Exception {
        stores.open().close();
        stores.swtpm
                .run(
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
        stores.swtpm
                .run("tpm2", "evictcontrol", "-C", "o", "-c", "primary.ctx", "0x81000001")
                .orFail();
        stores.swtpm.run("tpm2", "flushcontext", "-t").orFail();
        var store = stores.open();
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
        stores.swtpm.run("tpm2", "evictcontrol", "-C", "o", "-c", "0x81000001").orFail();
        try (var key = stores.open().create(WORK)) {
            assertSigns(key);
        }
    }

    @Test
    void keySignsAgainAfterTheTpmWasRestarted() throws Exception {
        var store = stores.open();
        try (var pin = pin();
                var key = store.create(WORK);
                var guarded = store.create(new KeySpec("guarded", KeyType.P256), pin)) {
            assertSigns(key);
            var guard = guarded.ability(PinProtected.class).orElseThrow();
            guard.unlock(pin, new PinPolicy.Session());
            stores.swtpm.close();
            refused(DeviceFailure.STORE_GONE, () -> sign(key));
            stores.restart();
            assertSigns(key);
            assertSigns(guarded);
        }
    }

    /// As over a night without power, in which the connection stays.
    @Test
    void keyWithAPinSignsAgainAfterTheTpmForgotIt() throws Exception {
        var line = new ArrayList<TpmTransport>();
        stores.forget();
        var store =
                TpmStore.open(
                        stores.keys(),
                        () -> {
                            line.add(stores.swtpm.connect());
                            return line.getLast();
                        });
        stores.opened(store);
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
        var store = stores.open();
        var uri = made(store);
        store.close();
        var context = scratch.resolve("context").toString();
        stores.swtpm.run("tpm2", "createprimary", "-C", "o", "-G", "ecc", "-c", context).orFail();
        stores.swtpm.run("tpm2", "flushcontext", "-t").orFail();
        stores.swtpm.run("tpm2", "evictcontrol", "-C", "o", "-c", context, "0x81000100").orFail();
        stores.swtpm.run("tpm2", "flushcontext", "-t").orFail();
        var file = stores.work();
        var text = Files.readString(file);
        var theirs = TpmKeyFile.parse(text.substring(text.indexOf("-----BEGIN")));
        assertThat(theirs.parent()).isNotEqualTo(0x81000100);
        KeyUri next;
        try (var tpm = new Tpm(stores.swtpm.connect());
                var above = storage(tpm, theirs)) {
            Files.writeString(file, above.create(KeyAlgorithm.P256, null).pem());
        }
        var again = stores.open();
        again.adopt("work");
        again.open(uri).close();
        try (var key = again.create(new KeySpec("next", KeyType.P256))) {
            next = key.uri();
        }
        again.close();
        stores.swtpm.run("tpm2", "evictcontrol", "-C", "o", "-c", "0x81000100").orFail();
        var after = stores.open();
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
}
