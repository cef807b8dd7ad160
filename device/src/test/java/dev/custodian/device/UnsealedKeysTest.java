package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Signature;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsealedKeysTest {
    private static final Bytes MESSAGE = Bytes.utf8("header.payload");

    @TempDir Path scratch;

    @Test
    void createdKeySignsInTheFormOfJose() throws Exception {
        var key = keys().create("work");

        assertThat(sign(key).size()).isEqualTo(64);
        assertThat(verifies(key, sign(key))).isTrue();
    }

    @Test
    void loadedKeyIsTheCreatedOne() throws Exception {
        var created = keys().create("work");
        var loaded = keys().load("work");

        assertThat(loaded.publicKey()).isEqualTo(created.publicKey());
        assertThat(verifies(created, sign(loaded))).isTrue();
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

        refused(DeviceFailure.KEY_EXISTS, "there already", () -> keys().create("work"));

        assertThat(keys().load("work").publicKey()).isEqualTo(first.publicKey());
    }

    @Test
    void missingKeyIsRefused() {
        refused(DeviceFailure.KEY_UNKNOWN, "missing", () -> keys().load("work"));
    }

    @Test
    void deletedKeyIsGone() throws Exception {
        keys().create("work");
        keys().delete("work");
        keys().delete("work");

        refused(DeviceFailure.KEY_UNKNOWN, "missing", () -> keys().load("work"));
    }

    @Test
    void fileThatOthersCanReadIsRefused() throws Exception {
        keys().create("work");
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r-----"));

        refused(DeviceFailure.STORE_EXPOSED, "chmod 600", () -> keys().load("work"));
    }

    @Test
    void folderThatOthersCanEnterIsRefused() throws Exception {
        var keys = keys();
        keys.create("work");
        Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwx--x---"));

        refused(DeviceFailure.STORE_EXPOSED, "chmod 700", this::keys);
        refused(DeviceFailure.STORE_EXPOSED, "chmod 700", () -> keys.load("work"));
        refused(DeviceFailure.STORE_EXPOSED, "chmod 700", () -> keys.create("other"));
    }

    @Test
    void linkInPlaceOfTheFileIsRefused() throws Exception {
        keys().create("work");
        Files.createSymbolicLink(folder().resolve("alias.p8"), file());

        refused(DeviceFailure.KEY_DAMAGED, "not a file", () -> keys().load("alias"));
    }

    @Test
    void everyDamagedOctetOfTheFileIsNoticed() throws Exception {
        keys().create("work");
        var good = Files.readAllBytes(file());
        for (int i = 0; i < good.length; i++) {
            var bad = good.clone();
            bad[i] ^= 1;
            Files.write(file(), bad);
            refused(DeviceFailure.KEY_DAMAGED, "P-256", () -> keys().load("work"));
        }
        Files.write(file(), java.util.Arrays.copyOf(good, good.length + 1));
        refused(DeviceFailure.KEY_DAMAGED, "P-256", () -> keys().load("work"));
        Files.write(file(), java.util.Arrays.copyOf(good, good.length - 1));
        refused(DeviceFailure.KEY_DAMAGED, "P-256", () -> keys().load("work"));
    }

    @Test
    void nameCannotLeaveTheFolder() throws Exception {
        var keys = keys();
        for (var name : new String[] {"../work", "a/b", "", "A", "a.b", "x".repeat(65)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> keys.create(name));
        }
    }

    @Test
    void keyPrintsAsItsUri() throws Exception {
        assertThat(keys().create("work")).hasToString("DeviceKey custodian-key:file:" + file());
    }

    private static Bytes sign(DeviceKey key) throws DeviceException {
        return key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(MESSAGE));
    }

    private UnsealedKeys keys() throws DeviceException {
        return UnsealedKeys.in(folder());
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

    private static void refused(DeviceFailure failure, String why, ThrowingCallable what) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(what)
                .satisfies(
                        refusal -> {
                            assertThat(refusal.failure()).isEqualTo(failure);
                            assertThat(refusal.detail()).contains(why);
                        });
    }
}
