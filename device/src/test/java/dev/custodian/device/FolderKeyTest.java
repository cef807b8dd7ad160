package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a copy of a folder is worth without its passphrase.
class FolderKeyTest {
    private static final String PASSPHRASE = "correct horse";
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Few, since what is tested here does not depend on them.
    private static final int ROUNDS = 1000;

    @TempDir Path scratch;

    private Path folder() {
        return scratch.resolve("keys");
    }

    private static Secret typed(String passphrase) {
        return Secret.owning(Bytes.utf8(passphrase).toArray());
    }

    private FolderKey make() throws Refused {
        try (var typed = typed(PASSPHRASE)) {
            return FolderKey.create(folder(), typed, RANDOM, ROUNDS);
        }
    }

    private static FolderKey open(Path folder, String passphrase) throws Refused {
        try (var typed = typed(passphrase)) {
            return FolderKey.open(folder, typed, RANDOM);
        }
    }

    private static void refused(ThrowingCallable what, FailureKind... kinds) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(
                        refusal -> {
                            assertThat(refusal.kind()).isIn((Object[]) kinds);
                            assertThat(refusal.toString()).doesNotContain(PASSPHRASE);
                        });
    }

    private static void unusable(ThrowingCallable what, DeviceFailure failure) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(what)
                .satisfies(refusal -> assertThat(refusal.failure()).isEqualTo(failure));
    }

    @Test
    void passphraseThatIsEmptyOrNoTextSealsNothing() {
        for (var octets : List.of(new byte[0], new byte[] {'a', (byte) 0xff})) {
            try (var passphrase = Secret.owning(octets)) {
                assertThatExceptionOfType(IllegalArgumentException.class)
                        .isThrownBy(() -> FolderKey.create(folder(), passphrase, RANDOM, ROUNDS));
            }
        }
        assertThat(folder().resolve("folder.key")).doesNotExist();
    }

    private Path copy() throws Exception {
        var copy = scratch.resolve("copy");
        Files.createDirectory(
                copy,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (var files = Files.list(folder())) {
            for (var file : files.toList()) {
                Files.copy(
                        file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return copy;
    }

    private KeyUri uri(Path folder, String name) {
        return new KeyUri.SoftwareFile(folder.resolve(name + ".p8"));
    }

    private static boolean signs(DeviceKey key) throws Exception {
        var message = Bytes.utf8("message");
        var check = Signature.getInstance("SHA256withECDSAinP1363Format");
        check.initVerify(key.publicKey());
        check.update(message.toArray());
        return check.verify(key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(message)).toArray());
    }

    @Test
    void copyOfTheFolderIsWorthNothingWithoutThePassphrase() throws Exception {
        Bytes share;
        try (var key = make();
                var made = Shares.in(folder(), RANDOM, key).create("work")) {
            SoftwareStore.in(folder(), key).create(new KeySpec("work", KeyType.P256));
            share = Bytes.of(made.expose());
        }
        var copy = copy();
        unusable(() -> UnsealedKeys.in(copy).load("work"), DeviceFailure.STORE_SEALED);
        refused(() -> Shares.in(copy, RANDOM).load("work"), FailureKind.KEY_SEALED);
        for (var wrong : List.of("correct hors", "correct horse ", "Correct horse", "x")) {
            refused(() -> open(copy, wrong), FailureKind.KEY_SEALED);
        }
        var other = scratch.resolve("other");
        try (var typed = typed(PASSPHRASE);
                var another = FolderKey.create(other, typed, RANDOM, ROUNDS)) {
            var store = SoftwareStore.in(copy, another);
            unusable(() -> store.open(uri(copy, "work")), DeviceFailure.KEY_DAMAGED);
        }
        for (var file : List.of("work.p8", "work.share")) {
            assertThat(Bytes.of(Files.readAllBytes(copy.resolve(file))).hex())
                    .doesNotContain(share.hex())
                    .doesNotContain("06082a8648ce3d030107");
        }

        try (var key = open(copy, PASSPHRASE);
                var read = Shares.in(copy, RANDOM, key).load("work")) {
            assertThat(Bytes.of(read.expose())).isEqualTo(share);
            var keys = SoftwareStore.in(copy, key);
            assertThat(signs(keys.open(uri(copy, "work")))).isTrue();
            assertThat(keys.verdict()).isEqualTo(Verdict.SOFTWARE_PASSPHRASE);
        }
    }

    @Test
    void everyOctetOfTheKeyFileCounts() throws Exception {
        make().close();
        var file = folder().resolve("folder.key");
        var whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            var changed = whole.clone();
            changed[at] ^= 1;
            Files.write(file, changed);
            refused(
                    () -> open(folder(), PASSPHRASE),
                    FailureKind.KEY_SEALED,
                    FailureKind.KEY_FILE_UNUSABLE);
            Files.write(file, Arrays.copyOf(whole, at));
            refused(() -> open(folder(), PASSPHRASE), FailureKind.KEY_FILE_UNUSABLE);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        refused(() -> open(folder(), PASSPHRASE), FailureKind.KEY_FILE_UNUSABLE);

        Files.write(file, whole);
        open(folder(), PASSPHRASE).close();
    }

    @Test
    void everyOctetOfASealedFileCountsAndItsName() throws Exception {
        try (var key = make()) {
            var shares = Shares.in(folder(), RANDOM, key);
            shares.create("work").close();
            var file = folder().resolve("work.share");
            var whole = Files.readAllBytes(file);
            for (int at = 0; at < whole.length; at++) {
                var changed = whole.clone();
                changed[at] ^= 1;
                Files.write(file, changed);
                refused(() -> shares.load("work").close(), FailureKind.KEY_FILE_UNUSABLE);
                Files.write(file, Arrays.copyOf(whole, at));
                refused(() -> shares.load("work").close(), FailureKind.KEY_FILE_UNUSABLE);
            }
            Files.write(file, whole);
            Files.copy(file, folder().resolve("play.share"), StandardCopyOption.COPY_ATTRIBUTES);
            refused(() -> shares.load("play").close(), FailureKind.KEY_FILE_UNUSABLE);
            shares.load("work").close();
        }
    }

    @Test
    void draftThatWasCutAnywhereChangesNothing() throws Exception {
        try (var key = make()) {
            SoftwareStore.in(folder(), key).create(new KeySpec("work", KeyType.P256));
        }
        for (var name : List.of("folder.key", "work.p8")) {
            var whole = Files.readAllBytes(folder().resolve(name));
            for (int size = 0; size <= whole.length; size++) {
                Files.write(folder().resolve(".new" + name + size), Arrays.copyOf(whole, size));
            }
        }
        try (var key = open(folder(), PASSPHRASE)) {
            assertThat(signs(SoftwareStore.in(folder(), key).open(uri(folder(), "work")))).isTrue();
        }
    }

    @Test
    void plainFileOpensNoMoreWhereAllIsSealedAndIsSealedOnce() throws Exception {
        var plain = UnsealedKeys.in(folder());
        var publicKey = plain.create("work").publicKey();
        assertThat(FolderKey.of(folder())).isNull();
        try (var key = make()) {
            var keys = SoftwareStore.in(folder(), key);
            unusable(() -> keys.open(uri(folder(), "work")), DeviceFailure.KEY_DAMAGED);
            UnsealedKeys.seal(folder(), "work", key);
            var sealed = Files.readAllBytes(folder().resolve("work.p8"));
            UnsealedKeys.seal(folder(), "work", key);
            UnsealedKeys.seal(folder(), "none", key);
            assertThat(folder().resolve("work.p8")).hasBinaryContent(sealed);
            assertThat(keys.open(uri(folder(), "work")).publicKey()).isEqualTo(publicKey);
        }
        unusable(() -> plain.load("work"), DeviceFailure.STORE_SEALED);
    }

    @Test
    void closedKeyOpensNothingAndTheFileIsNotReplaced() throws Exception {
        var key = make();
        refused(this::make, FailureKind.KEY_FILE_UNUSABLE);
        key.close();
        refused(() -> Shares.in(folder(), RANDOM, key).create("work"), FailureKind.KEY_SEALED);
        assertThat(key.toString()).isEqualTo("FolderKey");
        assertThat(Files.exists(folder().resolve("work.share"))).isFalse();
    }

    @Test
    void fileThatNamesTooManyRoundsIsRefusedAtOnce() throws Exception {
        make().close();
        var file = folder().resolve("folder.key");
        var octets = Files.readAllBytes(file);
        Arrays.fill(octets, 22, 26, (byte) 0x7f);
        Files.write(file, octets);
        refused(() -> open(folder(), PASSPHRASE), FailureKind.KEY_FILE_UNUSABLE);
    }

    @Test
    void guessOfAPassphraseCostsTheStatedRounds() throws Exception {
        try (var typed = typed(PASSPHRASE)) {
            FolderKey.create(folder(), typed, RANDOM).close();
        }
        var octets = Bytes.of(Files.readAllBytes(folder().resolve("folder.key")));
        assertThat(octets.slice(22, 26).hex()).isEqualTo("000927c0");
    }
}
