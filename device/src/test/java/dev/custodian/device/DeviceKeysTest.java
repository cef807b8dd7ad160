package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceKeysTest {
    /// Long enough for a store that answers, on a machine that does much else.
    private static final Duration SHORT = Duration.ofSeconds(3);

    @TempDir Path scratch;

    private SoftwareStore software() throws DeviceException {
        return SoftwareStore.open(scratch.resolve("keys"), new FakeLogin("mara"));
    }

    private StoreSource usable() {
        return StoreSource.software(scratch.resolve("keys"), new FakeLogin("mara"));
    }

    private static StoreSource absent(StoreKind kind) {
        return new StoreSource(
                kind,
                "none",
                () -> {
                    throw new DeviceException(DeviceFailure.STORE_ABSENT, 2, "No such file.", null);
                });
    }

    /// A store that does what the other one does, but for what a test says.
    private static class Odd implements DeviceStore {
        private final DeviceStore other;
        final CountDownLatch closed = new CountDownLatch(1);

        Odd(DeviceStore other) {
            this.other = other;
        }

        @Override
        public StoreLabel label() {
            return new StoreLabel(StoreKind.TPM, "odd", true);
        }

        @Override
        public Verdict verdict() {
            return Verdict.HARDWARE_CLAIMED;
        }

        @Override
        public Set<KeyType> types() {
            return other.types();
        }

        @Override
        public DeviceKey create(KeySpec spec) throws DeviceException {
            return other.create(spec);
        }

        @Override
        public DeviceKey throwAway() throws DeviceException {
            return other.throwAway();
        }

        @Override
        public DeviceKey open(KeyUri uri) throws DeviceException {
            return other.open(uri);
        }

        @Override
        public List<KeyUri> list() throws DeviceException {
            return other.list();
        }

        @Override
        public void delete(KeyUri uri) throws DeviceException {
            other.delete(uri);
        }

        @Override
        public void close() {
            other.close();
            closed.countDown();
        }
    }

    private static StoreSource tpm(Odd store) {
        return new StoreSource(StoreKind.TPM, "odd", () -> store);
    }

    private static StoreSource card(Odd store) {
        return new StoreSource(StoreKind.CARD, "odd", () -> store);
    }

    private static DeviceFailure failure(Found found) {
        assertThat(found).isInstanceOf(Found.Unusable.class);
        return ((Found.Unusable) found).failure().failure();
    }

    @Test
    void storeThatHangsIsPassedOverAndClosedWhenItComesBack() throws Exception {
        var release = new CountDownLatch(1);
        var hanging =
                new Odd(software()) {
                    @Override
                    public DeviceKey throwAway() throws DeviceException {
                        for (boolean waits = true; waits; ) {
                            try {
                                release.await();
                                waits = false;
                            } catch (InterruptedException e) {
                                // as a device driver does not hear it
                            }
                        }
                        return super.throwAway();
                    }
                };
        try (var keys = DeviceKeys.of(List.of(usable(), tpm(hanging)), SHORT)) {
            var found = keys.list();
            assertThat(failure(found.get(0))).isEqualTo(DeviceFailure.STORE_SILENT);
            assertThat(found.get(1)).isInstanceOf(Found.Usable.class);
            assertThat(keys.best().store()).isInstanceOf(SoftwareStore.class);
        }
        release.countDown();
        hanging.closed.await();
    }

    @Test
    void storeThatHangsWhenItIsOpenedIsPassedOver() throws Exception {
        var release = new CountDownLatch(1);
        var hanging =
                new StoreSource(
                        StoreKind.CARD,
                        "hangs",
                        () -> {
                            try {
                                release.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            throw new DeviceException(DeviceFailure.STORE_GONE);
                        });
        try (var keys = DeviceKeys.of(List.of(hanging, usable()), SHORT)) {
            assertThat(keys.best().sentence())
                    .startsWith("Taken: software (" + scratch)
                    .contains(Verdict.SOFTWARE_LOGIN_BOUND.sentence())
                    .contains("Not taken: smart card (hangs): The device did not answer in time.");
        }
    }

    /// A key that was made, and does not sign as it should.
    private abstract static class OddKey implements DeviceKey {
        private final DeviceKey made;

        OddKey(DeviceKey made) {
            this.made = made;
        }

        @Override
        public KeyUri uri() {
            return made.uri();
        }

        @Override
        public KeyType type() {
            return made.type();
        }

        @Override
        public PublicKey publicKey() {
            return made.publicKey();
        }

        @Override
        public void close() {
            made.close();
        }
    }

    @Test
    void storeThatSignsWithAnotherKeyIsNotBelieved() throws Exception {
        var lying =
                new Odd(software()) {
                    @Override
                    public DeviceKey throwAway() throws DeviceException {
                        var other = super.throwAway();
                        return new OddKey(super.throwAway()) {
                            @Override
                            public Bytes sign(Scheme scheme, Bytes digest) throws DeviceException {
                                try (other) {
                                    return other.sign(scheme, digest);
                                }
                            }
                        };
                    }
                };
        try (var keys = DeviceKeys.of(List.of(tpm(lying), usable()))) {
            assertThat(failure(keys.list().get(0))).isEqualTo(DeviceFailure.STORE_LIED);
            assertThat(keys.best().store()).isInstanceOf(SoftwareStore.class);
        }
        lying.closed.await();
    }

    @Test
    void storeWithAFaultIsPassedOver() throws Exception {
        var faulty =
                new Odd(software()) {
                    @Override
                    public DeviceKey throwAway() {
                        throw new IllegalStateException("a fault");
                    }
                };
        try (var keys = DeviceKeys.of(List.of(tpm(faulty)))) {
            assertThat(failure(keys.list().get(0))).isEqualTo(DeviceFailure.STORE_BROKEN);
        }
    }

    private static DeviceException unsupported() {
        return new DeviceException(
                DeviceFailure.UNSUPPORTED, 0x2c4, "The TPM answered CREATE: VALUE (0x2C4).", null);
    }

    /// Its files can be listed all the same.
    @Test
    void tpmWithoutP256IsPassedOverAndSaysWhy() throws Exception {
        var lacking =
                new Odd(software()) {
                    @Override
                    public DeviceKey throwAway() throws DeviceException {
                        throw unsupported();
                    }
                };
        try (var keys = DeviceKeys.of(List.of(tpm(lacking), usable()))) {
            assertThat(failure(keys.list().get(0))).isEqualTo(DeviceFailure.UNSUPPORTED);
            assertThat(keys.best().store()).isInstanceOf(SoftwareStore.class);
            assertThat(keys.best().sentence())
                    .contains("Not taken: TPM (odd): This store cannot do that. The TPM answered");
        }
        lacking.closed.await();
    }

    @Test
    void storeThatRefusesToSignIsPassedOverWhateverItIs() throws Exception {
        for (var kind : StoreKind.values()) {
            var refusing =
                    new Odd(software()) {
                        @Override
                        public DeviceKey throwAway() throws DeviceException {
                            return new OddKey(super.throwAway()) {
                                @Override
                                public Bytes sign(Scheme scheme, Bytes digest)
                                        throws DeviceException {
                                    throw unsupported();
                                }
                            };
                        }
                    };
            var source = new StoreSource(kind, "odd", () -> refusing);
            try (var keys = DeviceKeys.of(List.of(source, usable()))) {
                assertThat(keys.list())
                        .filteredOn(Found.Unusable.class::isInstance)
                        .singleElement()
                        .satisfies(
                                found -> {
                                    assertThat(found.source()).isEqualTo(source);
                                    assertThat(failure(found)).isEqualTo(DeviceFailure.UNSUPPORTED);
                                });
                assertThat(keys.best().store()).isInstanceOf(SoftwareStore.class);
            }
            refusing.closed.await();
        }
    }

    @Test
    void cardThatMakesNoKeyForATrialHasToAnswerAtLeast() throws Exception {
        var mute =
                new Odd(software()) {
                    @Override
                    public DeviceKey throwAway() throws DeviceException {
                        throw new DeviceException(DeviceFailure.UNSUPPORTED);
                    }

                    @Override
                    public List<KeyUri> list() throws DeviceException {
                        throw new DeviceException(DeviceFailure.STORE_GONE);
                    }
                };
        var answering =
                new Odd(software()) {
                    @Override
                    public DeviceKey throwAway() throws DeviceException {
                        throw new DeviceException(DeviceFailure.UNSUPPORTED);
                    }
                };
        var denying =
                new Odd(software()) {
                    @Override
                    public DeviceKey throwAway() throws DeviceException {
                        throw new DeviceException(DeviceFailure.STORE_DENIED);
                    }
                };
        var refusing =
                new Odd(software()) {
                    @Override
                    public DeviceKey throwAway() throws DeviceException {
                        throw new DeviceException(
                                DeviceFailure.UNSUPPORTED, 0x6a80, "The card: wrong data.", null);
                    }
                };
        var cards = List.of(card(mute), card(denying), card(refusing), card(answering));
        try (var keys = DeviceKeys.of(cards)) {
            assertThat(failure(keys.list().get(0))).isEqualTo(DeviceFailure.STORE_GONE);
            assertThat(failure(keys.list().get(1))).isEqualTo(DeviceFailure.STORE_DENIED);
            assertThat(failure(keys.list().get(2))).isEqualTo(DeviceFailure.UNSUPPORTED);
            assertThat(keys.best().store()).isSameAs(answering);
        }
    }

    @Test
    void simulatedDeviceSaysSoInPlaceOfItsVerdict() throws Exception {
        try (var keys = DeviceKeys.of(List.of(usable(), tpm(new Odd(software()))))) {
            assertThat(keys.best().sentence())
                    .startsWith("Taken: TPM (odd), SIMULATED.")
                    .doesNotContain(Verdict.HARDWARE_CLAIMED.sentence());
        }
    }

    @Test
    void machineWithoutAnyStoreTellsWhyOfEach() {
        try (var wrong = Secret.owning(Bytes.utf8("x").toArray());
                var keys =
                        DeviceKeys.of(
                                List.of(
                                        StoreSource.software(scratch, wrong),
                                        absent(StoreKind.CARD),
                                        absent(StoreKind.TPM)))) {
            FolderKey.create(scratch, new FakeLogin("mara"), new SecureRandom()).close();
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(keys::best)
                    .satisfies(
                            e -> {
                                assertThat(e.failure()).isEqualTo(DeviceFailure.STORE_ABSENT);
                                assertThat(e.detail())
                                        .startsWith("TPM (none): This machine has no such store")
                                        .contains("smart card (none): ")
                                        .contains(
                                                "software (" + scratch + "): The file of the key");
                            });
        } catch (dev.custodian.core.Refused e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keyIsOpenedByItsUriInWhicheverStoreHasIt() throws Exception {
        KeyUri uri;
        PublicKey publicKey;
        try (var store = software();
                var key = store.create(new KeySpec("work", KeyType.P256))) {
            uri = KeyUri.parse(key.uri().text());
            publicKey = key.publicKey();
        }
        var other = StoreSource.software(scratch.resolve("other"), new FakeLogin("mara"));
        try (var keys = DeviceKeys.of(List.of(other, usable(), absent(StoreKind.TPM)))) {
            for (var unknown :
                    List.of(
                            "custodian-key:file:/nowhere/work.p8",
                            "custodian-key:piv:serial=1;slot=9a")) {
                var absent = KeyUri.parse(unknown);
                assertThatExceptionOfType(DeviceException.class)
                        .isThrownBy(() -> keys.open(absent))
                        .satisfies(
                                e -> assertThat(e.failure()).isEqualTo(DeviceFailure.KEY_UNKNOWN));
            }
            var inTpm = KeyUri.parse("custodian-key:tpm:/keys/work.pem");
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> keys.open(inTpm))
                    .satisfies(
                            e -> {
                                assertThat(e.failure()).isEqualTo(DeviceFailure.STORE_ABSENT);
                                assertThat(e.code()).isEqualTo(2);
                            });
            try (var key = keys.open(uri)) {
                assertThat(key.publicKey()).isEqualTo(publicKey);
            }
        }
    }

    @Test
    void storeThatCannotBeUsedKeepsNoKeyOfAnotherOne() throws Exception {
        KeyUri uri;
        try (var store = software();
                var key = store.create(new KeySpec("work", KeyType.P256))) {
            uri = key.uri();
        }
        var locked =
                new StoreSource(
                        StoreKind.SOFTWARE,
                        "locked",
                        () -> {
                            throw new DeviceException(DeviceFailure.PASSPHRASE_WRONG);
                        });
        for (var sources : List.of(List.of(locked, usable()), List.of(usable(), locked))) {
            try (var keys = DeviceKeys.of(sources)) {
                keys.open(uri).close();
                // it may be in the one that cannot be looked into
                var unknown = KeyUri.parse("custodian-key:file:/nowhere/work.p8");
                assertThatExceptionOfType(DeviceException.class)
                        .isThrownBy(() -> keys.open(unknown))
                        .satisfies(
                                e ->
                                        assertThat(e.failure())
                                                .isEqualTo(DeviceFailure.PASSPHRASE_WRONG));
            }
        }
    }
}
