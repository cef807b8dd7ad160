package dev.custodian.device.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.PinProtected;
import dev.custodian.device.StoreKind;
import dev.custodian.device.StoreLabel;
import dev.custodian.device.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.UnrecoverableKeyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What becomes of the one password that a `KeyStore` is given, where a TPM and a card count wrong
/// ones.
@Timeout(60)
class DeviceKeyStorePinTest {
    private static final KeyPair PAIR = made();

    private final Store tpm = new Store(StoreKind.TPM, "the TPM's", "a", "b");
    private final Store card = new Store(StoreKind.CARD, "the card's", "9a");
    private final List<Store> opened = new ArrayList<>();
    private @Nullable Store passphrase;
    private boolean fails;

    private final DeviceKeyStoreSpi keys =
            new DeviceKeyStoreSpi(
                    _ -> {
                        opened.addAll(List.of(tpm, card));
                        return new DeviceKeyStoreSpi.Opened(List.of(tpm, card), passphrase, true);
                    });

    @BeforeEach
    void begin() throws Exception {
        load("");
    }

    private static KeyPair made() {
        try {
            return KeyPairGenerator.getInstance("EC").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private void load(String password) throws IOException {
        keys.engineLoad(null, password.toCharArray());
    }

    /// A device whose keys have one PIN and one counter.
    private final class Store implements DeviceStore {
        private final StoreKind kind;
        private final String pin;
        private final List<String> names;
        private int left = 3;
        private int closed;

        private Store(StoreKind kind, String pin, String... names) {
            this.kind = kind;
            this.pin = pin;
            this.names = List.of(names);
        }

        @Override
        public StoreLabel label() {
            return new StoreLabel(kind, "played", true);
        }

        @Override
        public Verdict verdict() {
            return Verdict.HARDWARE_CLAIMED;
        }

        @Override
        public Set<KeyType> types() {
            return Set.of(KeyType.P256);
        }

        @Override
        public DeviceKey create(KeySpec spec) throws DeviceException {
            throw new DeviceException(DeviceFailure.UNSUPPORTED);
        }

        @Override
        public DeviceKey throwAway() throws DeviceException {
            throw new DeviceException(DeviceFailure.UNSUPPORTED);
        }

        @Override
        public DeviceKey open(KeyUri uri) {
            return new Played(this, uri);
        }

        @Override
        public List<KeyUri> list() throws DeviceException {
            if (fails) {
                throw new DeviceException(DeviceFailure.STORE_GONE);
            }
            return names.stream()
                    .<KeyUri>map(name -> new KeyUri.TpmFile(Path.of("/" + kind, name + ".tss")))
                    .toList();
        }

        @Override
        public void delete(KeyUri uri) {}

        @Override
        public void close() {
            closed++;
        }
    }

    private static final class Played implements DeviceKey, PinProtected {
        private final Store store;
        private final KeyUri uri;
        private boolean unlocked;

        private Played(Store store, KeyUri uri) {
            this.store = store;
            this.uri = uri;
        }

        @Override
        public KeyUri uri() {
            return uri;
        }

        @Override
        public KeyType type() {
            return KeyType.P256;
        }

        @Override
        public PublicKey publicKey() {
            return PAIR.getPublic();
        }

        @Override
        public Bytes sign(Scheme scheme, Bytes digest) throws DeviceException {
            throw new DeviceException(DeviceFailure.PIN_NEEDED);
        }

        @Override
        public PinState pinState() {
            return new PinState(!unlocked, store.left, 3, Duration.ZERO);
        }

        @Override
        public void unlock(Secret pin, PinPolicy policy) throws DeviceException {
            if (!pin.equals(Secret.owning(Bytes.utf8(store.pin).toArray()))) {
                store.left--;
                throw new DeviceException(DeviceFailure.PIN_WRONG);
            }
            store.left = 3;
            unlocked = true;
        }

        @Override
        public void lock() {
            unlocked = false;
        }

        @Override
        public void changePin(Secret pin, Secret newPin) throws DeviceException {
            throw new DeviceException(DeviceFailure.UNSUPPORTED);
        }

        @Override
        public void close() {}
    }

    private void refused(String alias, String password, String words) {
        assertThatExceptionOfType(UnrecoverableKeyException.class)
                .isThrownBy(() -> keys.engineGetKey(alias, password.toCharArray()))
                .withMessageContaining(words);
    }

    private void opens(String alias, String password) throws Exception {
        assertThat(keys.engineGetKey(alias, password.toCharArray()))
                .isInstanceOf(DevicePrivateKey.class);
    }

    /// As `KeyManagerFactory` asks.
    @Test
    void onePasswordForAllKeysCostsAtMostOneTryOfOneStore() throws Exception {
        refused("a", "wrong", DeviceFailure.PIN_WRONG.sentence());
        refused("b", "wrong", "before the keys are loaded anew");
        refused("9a", "wrong", "is not spent on smart card (played)");
        assertThat(tpm.left).isEqualTo(2);
        assertThat(card.left).isEqualTo(3);

        opens("9a", "the card's");
        load("");
        opens("a", "the TPM's");
        opens("b", "the TPM's");
        refused("9a", "the TPM's", "is not spent on");
        assertThat(card.left).isEqualTo(3);
    }

    @Test
    void passphraseOfAFolderIsNoPin() throws Exception {
        passphrase = new Store(StoreKind.SOFTWARE, "");
        load("correct horse");
        refused("a", "correct horse", "the password was given for software (played)");
        refused("9a", "correct horse", "is not spent on");
        assertThat(tpm.left + card.left).isEqualTo(6);
        opens("a", "the TPM's");
        opens("9a", "the card's");
    }

    @Test
    void lastTryIsNeverSpentAndItIsSaidHowToUnblock() throws Exception {
        tpm.left = 1;
        card.left = 1;
        refused("a", "wrong", "tpm2_dictionarylockout -c");
        refused("9a", "the card's", "unblock-pin");
        assertThat(tpm.left + card.left).isEqualTo(2);
        card.left = 0;
        refused("9a", "the card's", "no try left");

        card.left = 2;
        opens("9a", "the card's");
    }

    @Test
    void keyWithoutAPasswordIsThereAndNothingIsTried() throws Exception {
        opens("a", "");
        assertThat(keys.engineGetKey("9a", null)).isNotNull();
        assertThat(tpm.left + card.left).isEqualTo(6);
    }

    @Test
    void storesAreClosedWhenTheyAreLoadedAnewAndWhenThatFails() throws Exception {
        load("");
        assertThat(tpm.closed + card.closed).isEqualTo(2);
        fails = true;
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> load(""));
        assertThat(keys.engineSize()).isZero();
        fails = false;
        load("");
        assertThat(tpm.closed).isEqualTo(3);
        assertThat(opened).hasSize(8);
    }

    @Test
    void storesAreClosedWhenNobodyCanReachTheirKeysAnyMore() throws Exception {
        var other = new Store(StoreKind.CARD, "x", "9c");
        var held = new ArrayList<>(unreachableButForItsKey(other));
        System.gc();
        assertThat(other.closed).isZero();
        assertThat(held).hasSize(1);
        held.clear();
        while (other.closed == 0) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(other.closed).isOne();
    }

    private static List<Key> unreachableButForItsKey(Store store) throws Exception {
        var spi =
                new DeviceKeyStoreSpi(
                        _ -> new DeviceKeyStoreSpi.Opened(List.of(store), null, true));
        spi.engineLoad(null, null);
        return List.of(Objects.requireNonNull(spi.engineGetKey("9c", null)));
    }
}
