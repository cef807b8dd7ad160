package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is done to the files of a software store.
class SoftwareStoreTest {
    private static final String PASSPHRASE = "correct horse";
    private static final Bytes DIGEST = Hashes.sha256(Bytes.utf8("Dear Charles"));

    /// Few, since what is tested here does not depend on them.
    private static final int ROUNDS = 1000;

    @TempDir Path scratch;

    private SoftwareStore store;

    @BeforeEach
    void open() throws Exception {
        store = SoftwareStore.in(folder(), make(folder()));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Path folder() {
        return scratch.resolve("keys");
    }

    private static FolderKey make(Path folder) throws Exception {
        try (var typed = typed(PASSPHRASE)) {
            return FolderKey.create(folder, typed, new SecureRandom(), ROUNDS);
        }
    }

    private static Secret typed(String passphrase) {
        return Secret.owning(Bytes.utf8(passphrase).toArray());
    }

    private static void refused(DeviceFailure failure, ThrowingCallable what) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(what)
                .satisfies(e -> assertThat(e.failure()).as(e.sentences()).isEqualTo(failure));
    }

    private KeyUri made(String name, KeyType type) throws Exception {
        try (var key = store.create(new KeySpec(name, type))) {
            return key.uri();
        }
    }

    private Path file(String name) {
        return folder().resolve(name + ".p8");
    }

    @ParameterizedTest
    @EnumSource(names = {"P256", "ED25519"})
    void everyOctetOfAKeyCountsAndEveryCut(KeyType type) throws Exception {
        var uri = made("work", type);
        var whole = Files.readAllBytes(file("work"));
        for (int at = 0; at < whole.length; at++) {
            var changed = whole.clone();
            changed[at] ^= 1;
            Files.write(file("work"), changed);
            refused(DeviceFailure.KEY_DAMAGED, () -> store.open(uri));
            Files.write(file("work"), Arrays.copyOf(whole, at));
            refused(DeviceFailure.KEY_DAMAGED, () -> store.open(uri));
        }
        Files.write(file("work"), Arrays.copyOf(whole, whole.length + 1));
        refused(DeviceFailure.KEY_DAMAGED, () -> store.open(uri));

        Files.write(file("work"), whole);
        store.open(uri).close();
    }

    /// A power cut leaves a draft of any length behind, under its own name or none at all.
    @Test
    void draftThatWasCutAnywhereIsNoKey() throws Exception {
        var uri = made("work", KeyType.P256);
        var whole = Files.readAllBytes(file("work"));
        Files.delete(file("work"));
        for (int size = 0; size <= whole.length; size++) {
            Files.write(folder().resolve(".new" + size), Arrays.copyOf(whole, size));
        }
        assertThat(store.list()).isEmpty();
        refused(DeviceFailure.KEY_UNKNOWN, () -> store.open(uri));

        Files.move(folder().resolve(".new" + whole.length), file("work"));
        assertThat(store.list()).containsExactly(uri);
        Files.setPosixFilePermissions(
                file("work"), java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        store.open(uri).close();
    }

    @Test
    void fileUnderAnotherNameOrInAnotherFolderIsNotTheKey() throws Exception {
        var uri = made("work", KeyType.P256);
        Files.copy(file("work"), file("play"), StandardCopyOption.COPY_ATTRIBUTES);
        refused(DeviceFailure.KEY_DAMAGED, () -> store.open(new KeyUri.SoftwareFile(file("play"))));
        var other = scratch.resolve("other");
        try (var another = SoftwareStore.in(other, make(other))) {
            refused(DeviceFailure.KEY_UNKNOWN, () -> another.open(uri));
            var moved = other.resolve("work.p8");
            Files.copy(file("work"), moved, StandardCopyOption.COPY_ATTRIBUTES);
            refused(DeviceFailure.KEY_DAMAGED, () -> another.open(new KeyUri.SoftwareFile(moved)));
        }
        store.open(uri).close();
    }

    @Test
    void wrongPassphraseOpensNothingAndTheRightOneDoes() throws Exception {
        var uri = made("work", KeyType.P384);
        for (var wrong : List.of("correct hors", "Correct horse", "correct horse ")) {
            try (var typed = typed(wrong)) {
                refused(DeviceFailure.PASSPHRASE_WRONG, () -> SoftwareStore.open(folder(), typed));
            }
        }
        try (var typed = typed(PASSPHRASE);
                var again = SoftwareStore.open(folder(), typed);
                var key = again.open(uri)) {
            assertThat(key.type()).isEqualTo(KeyType.P384);
            assertThat(again.verdict()).isEqualTo(Verdict.SOFTWARE_PASSPHRASE);
        }
    }

    @Test
    void loginOfAnotherUserOpensNothingAndTheRightOneDoes() throws Exception {
        var other = scratch.resolve("other");
        KeyUri uri;
        try (var mara = SoftwareStore.open(other, new FakeLogin("mara"));
                var key = mara.create(new KeySpec("work", KeyType.P256))) {
            uri = key.uri();
            assertThat(mara.verdict()).isEqualTo(Verdict.SOFTWARE_LOGIN_BOUND);
        }
        refused(DeviceFailure.KEY_DAMAGED, () -> SoftwareStore.open(other, new FakeLogin("eve")));
        try (var mara = SoftwareStore.open(other, new FakeLogin("mara"))) {
            mara.open(uri).close();
        }
    }

    @Test
    void sealedSecretOpensHereAndForItsPurposeAlone() throws Exception {
        var other = scratch.resolve("other");
        try (var secret = typed("a share");
                var another = SoftwareStore.in(other, make(other))) {
            var sealed = store.seal("share", secret);
            refused(DeviceFailure.KEY_DAMAGED, () -> store.unseal("token", sealed));
            refused(DeviceFailure.KEY_DAMAGED, () -> another.unseal("share", sealed));
            for (int at = 0; at < sealed.size(); at++) {
                var octets = sealed.toArray();
                octets[at] ^= 1;
                refused(DeviceFailure.KEY_DAMAGED, () -> store.unseal("share", Bytes.of(octets)));
                var cut = sealed.slice(0, at);
                refused(DeviceFailure.KEY_DAMAGED, () -> store.unseal("share", cut));
            }
            try (var opened = store.unseal("share", sealed)) {
                assertThat(opened).isEqualTo(secret);
            }
        }
    }

    @Test
    void folderThatCannotBeWrittenIsSeenBeforeAKeyIsMadeThere() throws Exception {
        Files.move(folder(), scratch.resolve("gone"));
        refused(DeviceFailure.STORE_BROKEN, () -> store.throwAway());
        refused(DeviceFailure.STORE_BROKEN, () -> store.create(new KeySpec("work", KeyType.P256)));
        Files.move(scratch.resolve("gone"), folder());
        try (var key = store.throwAway()) {
            assertThat(key.sign(Scheme.ECDSA_SHA256, DIGEST).size()).isEqualTo(64);
        }
        assertThat(store.list()).isEmpty();
    }

    @Test
    void lookWithATypoLeavesNoFolderKeyUnderIt() throws Exception {
        var fresh = scratch.resolve("fresh");
        try (var typo = typed("correct hrse");
                var looking = SoftwareStore.open(fresh, typo)) {
            assertThat(looking.list()).isEmpty();
            looking.throwAway().close();
        }
        try (var files = Files.list(fresh)) {
            assertThat(files).isEmpty();
        }
        try (var typed = typed(PASSPHRASE);
                var first = SoftwareStore.open(fresh, typed);
                var second = SoftwareStore.open(fresh, typed)) {
            first.create(new KeySpec("work", KeyType.P256)).close();
            // made meanwhile by another: what this one would seal could never be opened
            refused(
                    DeviceFailure.KEY_EXISTS,
                    () -> second.create(new KeySpec("other", KeyType.P256)));
            assertThat(second.list()).hasSize(1);
        }
        try (var typo = typed("correct hrse")) {
            refused(DeviceFailure.PASSPHRASE_WRONG, () -> SoftwareStore.open(fresh, typo));
        }
        try (var typed = typed(PASSPHRASE);
                var again = SoftwareStore.open(fresh, typed)) {
            again.open(again.list().getFirst()).close();
        }
    }

    @Test
    void draftsOfProgramsThatEndedAreRemovedAndYoungOnesStay() throws Exception {
        var uri = made("work", KeyType.P256);
        var old = Files.createFile(folder().resolve(".new123"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        var young = Files.createFile(folder().resolve(".new456"));
        store.close();
        store = SoftwareStore.in(folder(), reopened());
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        store.open(uri).close();
    }

    private FolderKey reopened() throws Exception {
        try (var typed = typed(PASSPHRASE)) {
            return FolderKey.open(folder(), typed, new SecureRandom());
        }
    }
}
