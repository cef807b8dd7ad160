package dev.custodian.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.device.StoreKind;
import dev.custodian.device.Verdict;
import dev.custodian.device.login.LoginException;
import dev.custodian.device.login.LoginException.Meaning;
import dev.custodian.device.login.LoginSeal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A folder on a system with a keyring, which may be away, locked, or have lost what opens it.
class KeyringFolderTest {
    @TempDir Path scratch;

    private final Keyring keyring = new Keyring();

    /// A keyring, as far as a seal sees it.
    private static final class Keyring {
        private final Map<String, Bytes> items = new TreeMap<>();
        private @Nullable Meaning trouble;
        private int questions;
        private int uses;

        private Login login() {
            return new Login.Keyring(new Seal(this, false), new Seal(this, true));
        }

        private void use(boolean asking) throws LoginException {
            uses++;
            if (trouble == Meaning.LOCKED && asking) {
                questions++;
                trouble = null;
            }
            var now = trouble;
            if (now != null) {
                throw new LoginException(now, "as the test says");
            }
        }
    }

    private record Seal(Keyring keyring, boolean asking) implements LoginSeal {
        @Override
        public byte[] seal(String purpose, Secret plain) throws LoginException {
            keyring.use(asking);
            var id = purpose + keyring.uses;
            keyring.items.put(id, Bytes.of(plain.expose()));
            return id.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public Secret open(String purpose, byte[] sealed) throws LoginException {
            keyring.use(asking);
            var item = keyring.items.get(new String(sealed, StandardCharsets.US_ASCII));
            if (item == null) {
                throw new LoginException(Meaning.ITEM_GONE, "it has no such item");
            }
            return Secret.owning(item.toArray());
        }

        @Override
        public void forget(byte[] sealed) throws LoginException {
            keyring.use(asking);
            keyring.items.remove(new String(sealed, StandardCharsets.US_ASCII));
        }
    }

    private AgentFolder open(String name, String store) throws Refused {
        return AgentFolder.open(
                scratch.resolve(name),
                keyring.login(),
                StoreOption.parse(store),
                new SecureRandom());
    }

    private AgentFolder open(String name) throws Refused {
        return open(name, "software");
    }

    private static Stores.Taken take(AgentFolder folder) throws Refused {
        return folder.stores().take(folder.keepsSeal());
    }

    private static void begin(AgentFolder folder) throws Refused {
        var next = folder.begin(take(folder));
        next.share().close();
        next.code().close();
    }

    /// As far as a folder goes, the server took it.
    private void adopt(AgentFolder folder) throws Exception {
        Files.writeString(scratch.resolve("a/next/memory"), "of the server");
        folder.adopt();
    }

    private static void refused(FailureKind kind, String words, ThrowingCallable what) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(
                        refusal -> {
                            assertThat(refusal.kind()).as(refusal.sentences()).isEqualTo(kind);
                            assertThat(refusal.sentences()).contains(words);
                        });
    }

    private void assertSealed(String... names) throws Exception {
        for (var name : names) {
            assertThat(Files.readAllBytes(scratch.resolve(name)))
                    .startsWith("CUSTODIAN-SEALED".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void enrolmentTakesTheKeyringAndSaysWhatItIs() throws Exception {
        try (var folder = open("a")) {
            var taken = take(folder);
            assertThat(taken.store()).isEqualTo("software (the keyring of your login).");
            assertThat(taken.sentence()).isEqualTo(Verdict.SOFTWARE_LOGIN_BOUND.sentence());
            assertThat(keyring.items).isEmpty();
            begin(folder);
            assertThat(folder.next().signer().verdict())
                    .contains(DeviceVerdict.SOFTWARE_LOGIN_BOUND);
            assertSealed("a/next/device.p8", "a/next/device.share", "a/next/code");
            adopt(folder);
            assertThat(folder.verdictSentence()).isEqualTo(Verdict.SOFTWARE_LOGIN_BOUND.sentence());
            folder.session().forget();
            assertSealed("a/session");
        }
        assertThat(keyring.items).hasSize(1);
        assertThat(keyring.questions).isZero();
    }

    @Test
    void withoutAKeyringTheFolderIsAsItWasAndItIsSaidWhy() throws Exception {
        keyring.trouble = Meaning.ABSENT;
        try (var folder = open("a")) {
            assertThat(take(folder).login()).isFalse();
            assertThat(take(folder).passedOver())
                    .anyMatch(why -> why.contains("The keyring of your login (Secret Service)"));
            begin(folder);
            assertThat(folder.next().signer().verdict()).isEmpty();
            assertThat(scratch.resolve("a/next/folder.key")).doesNotExist();
        }
        try (var folder = open("b", "login")) {
            refused(
                    FailureKind.DEVICE_KEY_UNUSABLE,
                    "Start and unlock the keyring",
                    () -> take(folder));
        }
    }

    @Test
    void keyringIsLeftAloneWhereItIsNotWanted() throws Exception {
        try (var folder = open("a", "passphrase")) {
            begin(folder);
            assertThat(folder.stores().look()).isEmpty();
            assertThat(take(folder).passedOver())
                    .containsExactly("The agent was started with --device-store passphrase.");
        }
        assertThat(keyring.uses).isZero();
    }

    /// A folder of before goes on as it was: plain, or under its passphrase.
    @Test
    void folderOfBeforeIsNotTouched() throws Exception {
        keyring.trouble = Meaning.ABSENT;
        try (var folder = open("a");
                var passphrase = Secret.owning(Bytes.utf8("correct horse").toArray())) {
            begin(folder);
            adopt(folder);
            keyring.trouble = null;
            int before = keyring.uses;
            folder.signer();
            folder.share().close();
            assertThat(folder.verdict()).isNull();
            folder.seal(passphrase);
            assertThat(take(folder).login()).isFalse();
            assertThat(keyring.uses).isEqualTo(before);
        }
        try (var folder = open("a")) {
            assertThat(folder.isLocked()).isTrue();
            assertThat(folder.verdict()).isEqualTo(Verdict.SOFTWARE_PASSPHRASE);
        }
        assertThat(keyring.items).isEmpty();
    }

    @Test
    void lockedKeyringAsksWhenThePersonIsThereAndNeverBehindTheirBack() throws Exception {
        Bytes key;
        try (var folder = open("a")) {
            begin(folder);
            adopt(folder);
            key = Bytes.of(folder.signer().publicKey().getEncoded());
        }
        keyring.trouble = Meaning.LOCKED;
        try (var folder = open("a")) {
            refused(FailureKind.KEY_SEALED, "Unlock the keyring, then try again.", folder::signer);
            refused(FailureKind.KEY_SEALED, "Unlock the keyring, then try again.", folder::share);
            assertThat(folder.trouble()).contains("Unlock the keyring");
            assertThat(folder.lost()).isEmpty();
            assertThat(keyring.questions).isZero();

            // a logout needs no keyring
            folder.endLogin();
            assertThat(folder.isLoginEnded()).isTrue();

            folder.askKeyring();
            assertThat(keyring.questions).isOne();
            assertThat(Bytes.of(folder.signer().publicKey().getEncoded())).isEqualTo(key);
            assertThat(folder.trouble()).isEmpty();
            assertThat(folder.isLoginEnded()).isTrue();
        }
    }

    @Test
    void keyringThatIsAwayOrHangsIsSaidAndNothingIsLost() throws Exception {
        try (var folder = open("a")) {
            begin(folder);
            adopt(folder);
        }
        for (var trouble : List.of(Meaning.ABSENT, Meaning.SILENT, Meaning.LIED, Meaning.GONE)) {
            keyring.trouble = trouble;
            try (var folder = open("a")) {
                refused(
                        FailureKind.DEVICE_KEY_UNUSABLE,
                        "Nothing is lost as long as the keyring is not.",
                        folder::signer);
                assertThat(folder.lost()).isEmpty();
                keyring.trouble = null;
                folder.signer();
            }
        }
    }

    @Test
    void lostItemIsSaidAndAnotherDeviceHasOneOfItsOwn() throws Exception {
        Bytes former;
        try (var folder = open("a")) {
            begin(folder);
            adopt(folder);
            former = Bytes.of(folder.signer().publicKey().getEncoded());
        }
        var lost = Map.copyOf(keyring.items);
        keyring.items.clear();
        try (var folder = open("a")) {
            refused(FailureKind.DEVICE_KEY_UNUSABLE, "Bring back the keyring", folder::signer);
            assertThat(folder.lost()).contains("it has no such item");
            // the folder is as it was: a backup of the keyring brings all back
            keyring.items.putAll(lost);
            assertThat(Bytes.of(folder.signer().publicKey().getEncoded())).isEqualTo(former);
        }
        keyring.items.clear();
        try (var folder = open("a")) {
            begin(folder);
            adopt(folder);
            assertThat(Bytes.of(folder.signer().publicKey().getEncoded())).isNotEqualTo(former);
            assertThat(folder.lost()).isEmpty();
        }
    }

    @Test
    void itemOfADeviceThatIsNoneAnyMoreIsForgotten() throws Exception {
        try (var folder = open("a")) {
            begin(folder);
            begin(folder);
            assertThat(keyring.items).hasSize(1);
            adopt(folder);
            begin(folder);
            assertThat(keyring.items).hasSize(2);
            adopt(folder);
            assertThat(keyring.items).hasSize(1);
            folder.signer();
        }
    }

    @Test
    void copyOfTheFolderIsWorthNothingWithAnotherKeyring() throws Exception {
        try (var folder = open("a")) {
            begin(folder);
            adopt(folder);
        }
        Files.createDirectory(
                scratch.resolve("b"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (var name : List.of("folder.key", "device.p8", "device.share", "memory")) {
            Files.copy(
                    scratch.resolve("a").resolve(name),
                    scratch.resolve("b").resolve(name),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        try (var folder = open("b")) {
            folder.signer();
        }
        keyring.items.replaceAll((_, item) -> Bytes.of(new byte[item.size()]));
        try (var folder = open("b")) {
            refused(FailureKind.KEY_FILE_UNUSABLE, "sealed under another key", folder::share);
        }
        keyring.items.clear();
        try (var folder = open("b")) {
            refused(FailureKind.DEVICE_KEY_UNUSABLE, "it has no such item", folder::share);
        }
    }

    @Test
    void storesAreLookedAtWithoutAsking() throws Exception {
        try (var folder = open("a")) {
            assertThat(new MachineKeys(folder).list().getFirst().text())
                    .contains("the keyring of your login): SOFTWARE_LOGIN_BOUND");
            keyring.trouble = Meaning.LOCKED;
            var first = new MachineKeys(folder).list().getFirst();
            assertThat(first.what()).isEqualTo(StoreKind.SOFTWARE.display());
            assertThat(first.text()).contains("The store of keys is sealed.");
        }
        assertThat(keyring.questions).isZero();
        assertThat(keyring.items).isEmpty();
    }
}
