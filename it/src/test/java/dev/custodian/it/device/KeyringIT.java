package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Scheme;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKeys;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.StoreSource;
import dev.custodian.device.Verdict;
import dev.custodian.device.login.KeyringSeal;
import dev.custodian.device.testing.JdkVerifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Device keys under the keyring of a login, beside gnome-keyring, `secret-tool` and `dbus-send`.
class KeyringIT {
    private static final int HEAD = "CUSTODIAN-FOLDER-KEY\1\2CUSTODIAN-KEYRING\1".length();

    @TempDir Path scratch;

    private Path folder() {
        return scratch.resolve("keys");
    }

    private KeyringSession session() throws Exception {
        return KeyringSession.start(scratch.resolve("login"));
    }

    private KeyUri make(KeyringSession session) throws Exception {
        try (var store = SoftwareStore.open(folder(), session.seal());
                var key = store.create(new KeySpec("work", KeyType.P256))) {
            assertThat(store.verdict()).isEqualTo(Verdict.SOFTWARE_LOGIN_BOUND);
            return key.uri();
        }
    }

    private void assertSigns(KeyringSession session, KeyUri uri) throws Exception {
        try (var store = SoftwareStore.open(folder(), session.seal());
                var key = store.open(uri)) {
            var letter = Bytes.utf8("Dear Charles");
            var signature = key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(letter));
            assertThat(
                            JdkVerifier.verifies(
                                    key.publicKey(),
                                    Scheme.ECDSA_SHA256,
                                    letter.toArray(),
                                    signature))
                    .isTrue();
        }
    }

    private String id() throws Exception {
        var file = Files.readAllBytes(folder().resolve("folder.key"));
        return HexFormat.of().formatHex(Arrays.copyOfRange(file, HEAD, HEAD + 16));
    }

    private void refused(KeyringSession session, DeviceFailure failure, String... words) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> SoftwareStore.open(folder(), session.seal()))
                .satisfies(
                        e -> {
                            assertThat(e.failure()).as(e.sentences()).isEqualTo(failure);
                            assertThat(e.sentences()).contains(words);
                        });
    }

    @Test
    void loginWithoutAKeyringIsToldApartFromOneThatLostItsKey() throws Exception {
        KeyUri uri;
        try (var session = session()) {
            assertThat(session.seal().isThere()).isFalse();
            ThrowingCallable making = () -> make(session);
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(making)
                    .satisfies(e -> assertThat(e.failure()).isEqualTo(DeviceFailure.STORE_ABSENT));
            assertThat(folder().resolve("folder.key")).doesNotExist();
        }
        try (var session = session().withKeyring()) {
            assertThat(session.seal().isThere()).isTrue();
            uri = make(session);
        }
        try (var session = session()) {
            refused(session, DeviceFailure.STORE_ABSENT, "Start the keyring", "Nothing is lost");
        }
        try (var session = session().withKeyring()) {
            assertSigns(session, uri);
        }
    }

    @Test
    void secretToolFindsTheItemThatOpensTheFolder() throws Exception {
        try (var session = session().withKeyring()) {
            var uri = make(session);
            var found = session.program("secret-tool", "lookup", KeyringSeal.ID, id()).orFail();
            assertThat(found.out().strip()).matches("[0-9a-f]{64}");
            assertThat(
                            session.program("secret-tool", "search", KeyringSeal.ID, id())
                                    .orFail()
                                    .said())
                    .contains("label = Custodian: folder-key")
                    .contains("schema = dev.custodian.Keyring");
            assertThat(
                            Files.readString(
                                    folder().resolve("folder.key"), StandardCharsets.ISO_8859_1))
                    .doesNotContain(found.out().strip());
            assertSigns(session, uri);
        }
    }

    @Test
    void lockedKeyringThatNobodyUnlocksOpensNothing() throws Exception {
        try (var session = session().withKeyring()) {
            make(session);
            session.lock();
            refused(session, DeviceFailure.STORE_SEALED, "Unlock the keyring, then try again.");
        }
    }

    @Test
    void deletedItemIsToldAndItsFolderStays() throws Exception {
        try (var session = session().withKeyring()) {
            make(session);
            var before = Files.readAllBytes(folder().resolve("folder.key"));
            session.program("secret-tool", "clear", KeyringSeal.ID, id()).orFail();
            refused(
                    session,
                    DeviceFailure.KEY_FOREIGN,
                    "it has no item with custodian-id " + id(),
                    "join or recover anew");
            assertThat(folder().resolve("folder.key")).hasBinaryContent(before);
            assertThat(folder().resolve("work.p8")).exists();
        }
    }

    @Test
    void itemThatAnotherProgramChangedOpensNothing() throws Exception {
        try (var session = session().withKeyring()) {
            make(session);
            var store =
                    List.of(
                            "sh",
                            "-c",
                            "printf %064d 7 | secret-tool store --label x xdg:schema"
                                    + " dev.custodian.Keyring custodian-id "
                                    + id()
                                    + " custodian-purpose folder-key");
            session.program(store.toArray(String[]::new)).orFail();
            refused(session, DeviceFailure.KEY_DAMAGED, "does not open it");
        }
    }

    @Test
    void trialLeavesNeitherAFileNorAnItem() throws Exception {
        try (var session = session().withKeyring()) {
            var source = StoreSource.software(folder(), session.seal());
            try (var keys = DeviceKeys.of(List.of(source))) {
                assertThat(keys.best().sentence())
                        .contains(Verdict.SOFTWARE_LOGIN_BOUND.sentence());
            }
            try (var files = Files.list(folder())) {
                assertThat(files).isEmpty();
            }
            assertThat(
                            session.program(
                                            "secret-tool",
                                            "search",
                                            "--all",
                                            "custodian-purpose",
                                            "folder-key")
                                    .said())
                    .doesNotContain("Custodian");
            assertSigns(session, make(session));
            assertThat(
                            session.program(
                                            "secret-tool",
                                            "search",
                                            "--all",
                                            "custodian-purpose",
                                            "folder-key")
                                    .said())
                    .contains("Custodian");
        }
    }
}
