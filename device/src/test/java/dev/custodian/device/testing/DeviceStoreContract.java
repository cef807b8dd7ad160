package dev.custodian.device.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.CertificateHolding;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceKeys;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.MessageSigning;
import dev.custodian.device.PinProtected;
import dev.custodian.device.Sealing;
import dev.custodian.device.StoreKind;
import dev.custodian.device.StoreSource;
import dev.custodian.device.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store of device keys has to do, and what those with an ability have to do besides.
/// Each store states the least that it must be able to do: less is a failure.
public abstract class DeviceStoreContract {
    private static final byte[] LETTER = "Dear Charles".getBytes(StandardCharsets.US_ASCII);

    private DeviceStore store;

    /// Opens the store, always the same one within a test.
    protected abstract DeviceStore open() throws Exception;

    /// Opens another store of the kind, on another device.
    protected abstract DeviceStore another() throws Exception;

    protected abstract StoreKind kind();

    protected abstract Verdict verdict();

    protected abstract boolean simulated();

    /// The types of keys that it has to make.
    protected abstract Set<KeyType> types();

    /// The abilities that it has to have.
    protected abstract Set<Class<?>> abilities();

    /// The abilities that each of its keys has to have.
    protected Set<Class<?>> keyAbilities() {
        return Set.of();
    }

    /// A name for the nth key.
    protected KeySpec spec(int number, KeyType type) {
        return new KeySpec("key-" + number, type);
    }

    @BeforeEach
    protected void begin() throws Exception {
        store = open();
    }

    /// What [#begin], or a test, opened last.
    final DeviceStore store() {
        return store;
    }

    final DeviceStore openAnew() throws Exception {
        store.close();
        store = open();
        return store;
    }

    @AfterEach
    protected void end() {
        store.close();
    }

    protected static void refused(DeviceFailure failure, ThrowingCallable what) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(what)
                .satisfies(e -> assertThat(e.failure()).as(e.sentences()).isEqualTo(failure));
    }

    private static Bytes digest(HashAlgorithm hash) throws Exception {
        return Bytes.of(MessageDigest.getInstance(hash.jca()).digest(LETTER));
    }

    protected static Bytes sign(DeviceKey key) throws Exception {
        var scheme = key.type().schemes().getFirst();
        return key.sign(scheme, digest(scheme.hash()));
    }

    protected static void assertSigns(DeviceKey key) throws Exception {
        assertVerifies(key, key.type().schemes().getFirst(), sign(key));
    }

    private static void assertVerifies(DeviceKey key, Scheme scheme, Bytes signature)
            throws Exception {
        assertThat(JdkVerifier.verifies(key.publicKey(), scheme, LETTER, signature))
                .as(scheme.toString())
                .isTrue();
    }

    /// The type that every store has.
    final KeyType usual() {
        assertThat(types()).contains(KeyType.P256);
        return KeyType.P256;
    }

    private DeviceKey make(int number) throws Exception {
        return store.create(spec(number, usual()));
    }

    @Test
    void storeSaysWhatItIs() {
        assertThat(store.label().kind()).isEqualTo(kind());
        assertThat(store.label().simulated()).isEqualTo(simulated());
        assertThat(store.label().toString().contains("SIMULATED")).isEqualTo(simulated());
        assertThat(store.verdict()).isEqualTo(verdict());
        assertThat(store.label().sentence(store.verdict()).contains("SIMULATED"))
                .isEqualTo(simulated());
        assertThat(store.types()).containsAll(types());
    }

    @Test
    void storeHasItsLeastAbilities() {
        for (var ability : abilities()) {
            assertThat(store.ability(ability)).as(ability.getSimpleName()).isPresent();
        }
        assertThat(store.ability(String.class)).isEmpty();
    }

    @Test
    void keyHasItsLeastAbilitiesAndNoPinUnlessItWasMadeWithOne() throws Exception {
        try (var key = make(1)) {
            for (var ability : keyAbilities()) {
                assertThat(key.ability(ability)).as(ability.getSimpleName()).isPresent();
            }
            assertThat(key.ability(String.class)).isEmpty();
            assertThat(key.ability(PinProtected.class)).isEmpty();
        }
    }

    @Test
    void probeFindsItUsableAndLeavesNothing() throws Exception {
        store.close();
        var source = new StoreSource(kind(), "the store", this::opened);
        try (var keys = DeviceKeys.of(List.of(source))) {
            var choice = keys.best();
            assertThat(choice.passedOver()).isEmpty();
            assertThat(choice.store().list()).isEmpty();
            store = choice.store();
            assertSigns(make(1));
        }
    }

    private DeviceStore opened() throws DeviceException {
        try {
            return open();
        } catch (DeviceException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keyOfEachTypeSignsInEachSchemeAlsoWhenItIsOpenedAnew() throws Exception {
        int number = 1;
        for (var type : types()) {
            KeyUri uri;
            Bytes publicKey;
            try (var key = store.create(spec(number++, type))) {
                assertThat(key.type()).isEqualTo(type);
                uri = KeyUri.parse(key.uri().text());
                publicKey = Bytes.of(key.publicKey().getEncoded());
                signInEachScheme(key);
            }
            store.close();
            store = open();
            try (var key = store.open(uri)) {
                assertThat(key.uri()).isEqualTo(uri);
                assertThat(key.type()).isEqualTo(type);
                assertThat(Bytes.of(key.publicKey().getEncoded())).isEqualTo(publicKey);
                signInEachScheme(key);
            }
        }
    }

    private static void signInEachScheme(DeviceKey key) throws Exception {
        for (var scheme : Scheme.values()) {
            if (key.type().schemes().contains(scheme)) {
                assertVerifies(key, scheme, key.sign(scheme, digest(scheme.hash())));
            } else {
                refused(DeviceFailure.UNSUPPORTED, () -> key.sign(scheme, digest(scheme.hash())));
            }
        }
        assertThat(key.ability(MessageSigning.class).isPresent())
                .isEqualTo(key.type() == KeyType.ED25519);
        if (key.ability(MessageSigning.class).isPresent()) {
            var signature = key.ability(MessageSigning.class).get().sign(Bytes.of(LETTER));
            assertThat(JdkVerifier.verifiesEd25519(key.publicKey(), LETTER, signature)).isTrue();
        }
    }

    @Test
    void digestOfAnotherLengthIsNotSigned() throws Exception {
        try (var key = make(1)) {
            for (int size : new int[] {0, 31, 33, 48}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> key.sign(Scheme.ECDSA_SHA256, Bytes.of(new byte[size])));
            }
            assertSigns(key);
        }
    }

    @Test
    void takenNameIsRefusedAndItsKeyStays() throws Exception {
        try (var first = make(1)) {
            refused(DeviceFailure.KEY_EXISTS, () -> make(1));
            try (var still = store.open(first.uri())) {
                assertThat(still.publicKey()).isEqualTo(first.publicKey());
                assertSigns(still);
            }
        }
    }

    @Test
    void typeThatItHasNotIsRefused() {
        for (var type : KeyType.values()) {
            if (!store.types().contains(type)) {
                refused(DeviceFailure.UNSUPPORTED, () -> store.create(spec(1, type)));
            }
        }
        assertThat(types()).isNotEmpty();
    }

    @Test
    void listHoldsWhatIsThereAndDeletedIsGone() throws Exception {
        assertThat(store.list()).isEmpty();
        KeyUri first;
        KeyUri second;
        try (var one = make(1);
                var two = make(2)) {
            first = one.uri();
            second = two.uri();
        }
        assertThat(store.list()).containsExactlyInAnyOrder(first, second);
        store.delete(first);
        assertThat(store.list()).containsExactly(second);
        refused(DeviceFailure.KEY_UNKNOWN, () -> store.open(first));
        refused(DeviceFailure.KEY_UNKNOWN, () -> store.delete(first));
        try (var key = store.open(second)) {
            assertSigns(key);
        }
    }

    @Test
    void keyOfAnotherKindOfStoreIsUnknown() throws Exception {
        for (var text :
                List.of(
                        "custodian-key:file:/nowhere/work.p8",
                        "custodian-key:tpm:/nowhere/work.pem",
                        "custodian-key:piv:serial=0;slot=95")) {
            var uri = KeyUri.parse(text);
            refused(DeviceFailure.KEY_UNKNOWN, () -> store.open(uri));
            refused(DeviceFailure.KEY_UNKNOWN, () -> store.delete(uri));
        }
    }

    @Test
    void thrownAwayKeySignsAndLeavesNothing() throws Exception {
        try (var key = store.throwAway()) {
            assertThat(key.type()).isEqualTo(KeyType.P256);
            assertSigns(key);
            assertThat(store.list()).isEmpty();
        }
        assertThat(store.list()).isEmpty();
    }

    @Test
    void closedKeyAndKeyOfAClosedStoreSignNoMore() throws Exception {
        var closed = make(1);
        assertSigns(closed);
        closed.close();
        closed.close();
        refused(DeviceFailure.CLOSED, () -> sign(closed));
        var key = store.open(closed.uri());
        store.close();
        store.close();
        refused(DeviceFailure.CLOSED, () -> sign(key));
        refused(DeviceFailure.CLOSED, () -> store.open(closed.uri()));
        refused(DeviceFailure.CLOSED, () -> make(2));
        refused(DeviceFailure.CLOSED, store::list);
        store = open();
        try (var again = store.open(closed.uri())) {
            assertSigns(again);
        }
    }

    @Test
    void manyThreadsGetTheSignaturesThatTheyAskedFor() throws Exception {
        try (var one = make(1);
                var two = make(2);
                var threads = Executors.newFixedThreadPool(4)) {
            Callable<Void> work =
                    () -> {
                        for (int i = 0; i < 5; i++) {
                            assertSigns(one);
                            assertSigns(two);
                        }
                        return null;
                    };
            for (var done : threads.invokeAll(List.of(work, work, work, work))) {
                done.get();
            }
        }
    }

    @Test
    void certificateLiesBesideItsKeyAndOneOfAnotherKeyDoesNot() throws Exception {
        KeyUri uri;
        try (var key = make(1);
                var other = make(2)) {
            uri = key.uri();
            var holding = key.ability(CertificateHolding.class);
            if (holding.isEmpty()) {
                assertThat(keyAbilities()).doesNotContain(CertificateHolding.class);
                return;
            }
            assertThat(holding.get().certificates()).isEmpty();
            var strange = SomeCertificate.of(other.publicKey(), "Eve");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> holding.get().keep(List.of(strange)));
            assertThat(holding.get().certificates()).isEmpty();
            var own = SomeCertificate.of(key.publicKey(), "Ada");
            holding.get().keep(List.of(own));
            assertThat(holding.get().certificates()).containsExactly(own);
        }
        store.close();
        store = open();
        try (var key = store.open(uri)) {
            var holding = key.ability(CertificateHolding.class).orElseThrow();
            assertThat(holding.certificates()).hasSize(1);
            assertSigns(key);
            holding.keep(List.of());
            assertThat(holding.certificates()).isEmpty();
        }
    }

    static Secret secret(String text) {
        return Secret.owning(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void sealedSecretOpensInThisStoreForItsPurposeAlone() throws Exception {
        if (!has(Sealing.class)) {
            return;
        }
        for (int size : new int[] {1, 32, Sealing.LONGEST_SECRET}) {
            var sealing = store.ability(Sealing.class).orElseThrow();
            try (var secret = Secret.owning(new byte[size]);
                    var other = another()) {
                secret.expose()[size - 1] = 7;
                var sealed = sealing.seal("share", secret);
                refused(DeviceFailure.KEY_DAMAGED, () -> sealing.unseal("token", sealed));
                var octets = sealed.toArray();
                octets[octets.length - 1] ^= 1;
                refused(DeviceFailure.KEY_DAMAGED, () -> sealing.unseal("share", Bytes.of(octets)));
                var elsewhere = other.ability(Sealing.class).orElseThrow();
                assertThatExceptionOfType(DeviceException.class)
                        .isThrownBy(() -> elsewhere.unseal("share", sealed))
                        .satisfies(
                                e ->
                                        assertThat(e.failure())
                                                .isIn(
                                                        DeviceFailure.KEY_DAMAGED,
                                                        DeviceFailure.KEY_FOREIGN));
                store.close();
                store = open();
                try (var opened =
                        store.ability(Sealing.class).orElseThrow().unseal("share", sealed)) {
                    assertThat(opened).isEqualTo(secret);
                }
            }
        }
    }

    private boolean has(Class<?> ability) {
        boolean has = store.ability(ability).isPresent();
        assertThat(has || !abilities().contains(ability)).isTrue();
        return has;
    }
}
