package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A folder sealed for the system's login, whose part is played here.
class LoginBoundFolderKeyTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final FakeLogin MARA = new FakeLogin("mara");

    @TempDir Path scratch;

    private Path folder() {
        return scratch.resolve("keys");
    }

    private Path file() {
        return folder().resolve("folder.key");
    }

    private FolderKey open(String user) throws Refused {
        try {
            return FolderKey.open(folder(), new FakeLogin(user), RANDOM);
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    private static void refused(ThrowingCallable what) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(
                        refusal ->
                                assertThat(refusal.kind())
                                        .isEqualTo(FailureKind.KEY_FILE_UNUSABLE));
    }

    @Test
    void anotherUserOpensNothingAndTheRightOneDoes() throws Exception {
        Bytes share;
        try (var key = FolderKey.create(folder(), MARA, RANDOM);
                var made = Shares.in(folder(), RANDOM, key).create("work")) {
            share = Bytes.of(made.expose());
        }
        refused(() -> open("eve"));
        try (var typed = Secret.owning(Bytes.utf8("mara").toArray())) {
            refused(() -> FolderKey.open(folder(), typed, RANDOM));
        }

        try (var key = open("mara");
                var read = Shares.in(folder(), RANDOM, key).load("work")) {
            assertThat(Bytes.of(read.expose())).isEqualTo(share);
            assertThat(key.verdict()).isEqualTo(Verdict.SOFTWARE_LOGIN_BOUND);
        }
    }

    @Test
    void everyOctetOfTheKeyFileCounts() throws Exception {
        FolderKey.create(folder(), MARA, RANDOM).close();
        var whole = Files.readAllBytes(file());
        for (int at = 0; at < whole.length; at++) {
            var changed = whole.clone();
            changed[at] ^= 1;
            Files.write(file(), changed);
            refused(() -> open("mara"));
            Files.write(file(), Arrays.copyOf(whole, at));
            refused(() -> open("mara"));
        }
        Files.write(file(), Arrays.copyOf(whole, 8192));
        refused(() -> open("mara"));

        Files.write(file(), whole);
        open("mara").close();
    }

    @Test
    void keyOfAnotherSizeIsNone() throws Exception {
        FolderKey.create(folder(), MARA, RANDOM).close();
        try (var small = Secret.owning(new byte[16])) {
            var sealed = Bytes.of(MARA.seal("folder-key", small));
            Files.write(
                    file(), Bytes.concat(Bytes.utf8("CUSTODIAN-FOLDER-KEY\1\2"), sealed).toArray());
        }
        refused(() -> open("mara"));
    }

    @Test
    void theFileSaysHowTheFolderIsKept() throws Exception {
        assertThat(FolderKey.of(folder())).isNull();
        assertThat(FolderKey.sealedForLogin(folder())).isEqualTo(Bytes.EMPTY);
        FolderKey.create(folder(), MARA, RANDOM).close();
        try (var _ = MARA.open("folder-key", FolderKey.sealedForLogin(folder()).toArray())) {
            assertThat(file()).exists();
        }
        assertThat(FolderKey.of(folder())).isEqualTo(Verdict.SOFTWARE_LOGIN_BOUND);
        refused(() -> FolderKey.create(folder(), MARA, RANDOM));
        Files.delete(file());
        try (var typed = Secret.owning(Bytes.utf8("pass").toArray())) {
            FolderKey.create(folder(), typed, RANDOM, 1000).close();
        }
        assertThat(FolderKey.sealedForLogin(folder())).isEqualTo(Bytes.EMPTY);
        assertThat(FolderKey.of(folder())).isEqualTo(Verdict.SOFTWARE_PASSPHRASE);
        refused(() -> open("mara"));
    }
}
