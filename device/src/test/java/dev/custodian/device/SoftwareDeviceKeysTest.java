package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Signature;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoftwareDeviceKeysTest {
    private static final Bytes MESSAGE = Bytes.utf8("header.payload");

    @TempDir Path scratch;

    @Test
    void createdKeySignsInTheFormOfJose() throws Exception {
        var key = keys().create("work");

        assertThat(key.sign(MESSAGE).size()).isEqualTo(64);
        assertThat(verifies(key, key.sign(MESSAGE))).isTrue();
    }

    @Test
    void loadedKeyIsTheCreatedOne() throws Exception {
        var created = keys().create("work");
        var loaded = keys().load("work");

        assertThat(loaded.publicKey()).isEqualTo(created.publicKey());
        assertThat(verifies(created, loaded.sign(MESSAGE))).isTrue();
    }

    @Test
    void manyKeysSurviveTheirFileWhateverLeadingZeroesTheyHave() throws Exception {
        var keys = keys();
        for (int i = 0; i < 300; i++) {
            var created = keys.create("key" + i);
            assertThat(keys.load("key" + i).publicKey()).isEqualTo(created.publicKey());
        }
    }

    @Test
    void opensslReadsTheFile() throws Exception {
        keys().create("work");

        var openssl =
                new ProcessBuilder("openssl", "pkey", "-check", "-noout", "-in", file().toString())
                        .redirectErrorStream(true)
                        .start();
        var said =
                new String(
                        openssl.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);

        assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(openssl.exitValue()).as(said).isZero();
    }

    @Test
    void folderAndFileAreForThisUserAlone() throws Exception {
        keys().create("work");

        assertThat(mode(folder())).isEqualTo("rwx------");
        assertThat(mode(file())).isEqualTo("rw-------");
        try (var files = Files.list(folder())) {
            assertThat(files).as("no draft is left").containsExactly(file());
        }
    }

    @Test
    void secondKeyOfOneNameIsRefusedAndTheFirstStays() throws Exception {
        var first = keys().create("work");

        refused(FailureKind.KEY_FILE_UNUSABLE, "there already", () -> keys().create("work"));

        assertThat(keys().load("work").publicKey()).isEqualTo(first.publicKey());
    }

    @Test
    void missingKeyIsRefused() {
        refused(FailureKind.KEY_FILE_UNUSABLE, "missing", () -> keys().load("work"));
    }

    @Test
    void deletedKeyIsGone() throws Exception {
        keys().create("work");
        keys().delete("work");
        keys().delete("work");

        refused(FailureKind.KEY_FILE_UNUSABLE, "missing", () -> keys().load("work"));
    }

    @Test
    void fileThatOthersCanReadIsRefused() throws Exception {
        keys().create("work");
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r-----"));

        refused(FailureKind.KEY_FILE_EXPOSED, "chmod 600", () -> keys().load("work"));
    }

    @Test
    void folderThatOthersCanEnterIsRefused() throws Exception {
        var keys = keys();
        keys.create("work");
        Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwx--x---"));

        refused(FailureKind.KEY_FILE_EXPOSED, "chmod 700", this::keys);
        refused(FailureKind.KEY_FILE_EXPOSED, "chmod 700", () -> keys.load("work"));
        refused(FailureKind.KEY_FILE_EXPOSED, "chmod 700", () -> keys.create("other"));
    }

    @Test
    void linkInPlaceOfTheFileIsRefused() throws Exception {
        keys().create("work");
        Files.createSymbolicLink(folder().resolve("alias.p8"), file());

        refused(FailureKind.KEY_FILE_UNUSABLE, "not a file", () -> keys().load("alias"));
    }

    @Test
    void everyDamagedOctetOfTheFileIsNoticed() throws Exception {
        keys().create("work");
        var good = Files.readAllBytes(file());
        for (int i = 0; i < good.length; i++) {
            var bad = good.clone();
            bad[i] ^= 1;
            Files.write(file(), bad);
            refused(FailureKind.KEY_FILE_UNUSABLE, "P-256", () -> keys().load("work"));
        }
        Files.write(file(), java.util.Arrays.copyOf(good, good.length + 1));
        refused(FailureKind.KEY_FILE_UNUSABLE, "P-256", () -> keys().load("work"));
        Files.write(file(), java.util.Arrays.copyOf(good, good.length - 1));
        refused(FailureKind.KEY_FILE_UNUSABLE, "P-256", () -> keys().load("work"));
    }

    @Test
    void nameCannotLeaveTheFolder() throws Exception {
        var keys = keys();
        for (var name : new String[] {"../work", "a/b", "", "A", "a.b", "x".repeat(65)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> keys.create(name));
        }
    }

    @Test
    void keyPrintsAsNothing() throws Exception {
        assertThat(keys().create("work")).hasToString("DeviceKey");
        assertThat(keys().protection().sentence()).contains("file");
    }

    private SoftwareDeviceKeys keys() throws Refused {
        return SoftwareDeviceKeys.in(folder());
    }

    private Path folder() {
        return scratch.resolve("keys");
    }

    private Path file() {
        return folder().resolve("work.p8");
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static boolean verifies(DeviceKey key, Bytes signature) throws Exception {
        var check = Signature.getInstance("SHA256withECDSAinP1363Format");
        check.initVerify(key.publicKey());
        check.update(MESSAGE.toArray());
        return check.verify(signature.toArray());
    }

    static void refused(FailureKind kind, String why, ThrowingCallable what) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(
                        refusal -> {
                            assertThat(refusal.kind()).isEqualTo(kind);
                            assertThat(refusal.detail()).contains(why);
                        });
    }
}
