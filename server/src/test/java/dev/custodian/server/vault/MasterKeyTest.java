package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.config.PrivateFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MasterKeyTest {
    private static final Passphrase NONE = Passphrase.in(null);
    private static final String WORDS = "plover vetch saltmarsh";

    @TempDir Path folder;

    private Path file;

    @BeforeEach
    void create() throws Exception {
        file = folder.resolve("master.key");
        MasterKey.create(file, NONE, new SecureRandom());
    }

    @Test
    void keyIsReadBackAndOnlyItsOwnerMayReadTheFile() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var key = MasterKey.read(file, NONE)) {
            assertThat(key.expose()).hasSize(32).isEqualTo(Files.readAllBytes(file));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw----r--", "rw-r-----", "rwx------", "rw-----w-"})
    void fileThatOthersMayTouchIsRefused(String mode) throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        assertThatThrownBy(() -> MasterKey.read(file, NONE))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(FailureKind.KEY_FILE_EXPOSED));
    }

    @Test
    void fileOfAnotherSizeIsRefused() throws Exception {
        Files.write(file, new byte[31]);
        assertThatThrownBy(() -> MasterKey.read(file, NONE))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.kind())
                                        .isEqualTo(FailureKind.KEY_FILE_UNUSABLE));
    }

    @Test
    void missingFileIsRefused() {
        assertThatThrownBy(() -> MasterKey.read(folder.resolve("none"), NONE))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.kind())
                                        .isEqualTo(FailureKind.KEY_FILE_UNUSABLE));
    }

    @Test
    void existingKeyIsNeverReplaced() throws Exception {
        var before = Files.readAllBytes(file);
        assertThatThrownBy(() -> MasterKey.create(file, NONE, new SecureRandom()))
                .isInstanceOf(Refused.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    // under a passphrase

    private Passphrase passphrase(String words) throws Exception {
        var named = folder.resolve("passphrase-" + words.hashCode());
        if (Files.notExists(named)) {
            PrivateFile.create(named, words + "\n");
        }
        return Passphrase.in(named);
    }

    private Path sealed() throws Exception {
        var made = folder.resolve("sealed.key");
        MasterKey.create(made, passphrase(WORDS), new SecureRandom());
        return made;
    }

    private void unusable(Path made, Passphrase with, String said) {
        assertThatThrownBy(() -> MasterKey.read(made, with))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(FailureKind.KEY_FILE_UNUSABLE);
                            assertThat(refused.detail())
                                    .contains(said, made.getFileName().toString())
                                    .doesNotContain("plover");
                        });
    }

    @Test
    void sealedKeyOpensUnderItsPassphraseAlone() throws Exception {
        var made = sealed();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rw-------");
        var octets = Files.readAllBytes(made);
        assertThat(octets).hasSize(97);
        assertThat(new String(octets, StandardCharsets.ISO_8859_1))
                .startsWith("CUSTODIAN-MASTER-KEY\1")
                .doesNotContain(WORDS);
        try (var one = MasterKey.read(made, passphrase(WORDS));
                var two = MasterKey.read(made, passphrase(WORDS))) {
            assertThat(one.expose()).hasSize(32).isEqualTo(two.expose());
            assertThat(Bytes.of(octets).hex()).doesNotContain(Bytes.of(one.expose()).hex());
        }
        var other = folder.resolve("other.key");
        MasterKey.create(other, passphrase(WORDS), new SecureRandom());
        assertThat(Arrays.copyOfRange(Files.readAllBytes(other), 21, 37))
                .as("the salt")
                .isNotEqualTo(Arrays.copyOfRange(octets, 21, 37));
        unusable(made, passphrase("plover vetch"), "The passphrase is not the one of ");
    }

    @ParameterizedTest
    @ValueSource(ints = {21, 36, 37, 48, 49, 80, 96})
    void sealedKeyOfWhichAnOctetWasChangedIsRefused(int at) throws Exception {
        var made = sealed();
        var octets = Files.readAllBytes(made);
        octets[at] ^= 1;
        Files.write(made, octets);
        unusable(made, passphrase(WORDS), "or that was changed");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 33, 96})
    void sealedKeyThatWasCutIsRefused(int size) throws Exception {
        var made = sealed();
        Files.write(made, Arrays.copyOf(Files.readAllBytes(made), size));
        unusable(made, passphrase(WORDS), "does not hold 32 octets, nor a key");
    }

    @Test
    void sealedKeyOfAnotherVersionOrWithSomethingBehindIsRefused() throws Exception {
        var made = sealed();
        var octets = Files.readAllBytes(made);
        Files.write(made, Arrays.copyOf(octets, 98));
        unusable(made, passphrase(WORDS), "is too large");
        octets[20] = 2;
        Files.write(made, octets);
        unusable(made, passphrase(WORDS), "nor a key that this version sealed");
    }

    @Test
    void passphraseIsReadFromAFileThatNobodyElseReads() throws Exception {
        var made = sealed();
        unusableFile(Files.createFile(folder.resolve("empty")), FailureKind.KEY_FILE_EXPOSED, made);
        Files.setPosixFilePermissions(
                folder.resolve("empty"), PosixFilePermissions.fromString("rw-------"));
        unusableFile(folder.resolve("empty"), FailureKind.KEY_FILE_UNUSABLE, made);
        unusableFile(folder.resolve("no such"), FailureKind.KEY_FILE_UNUSABLE, made);
    }

    private static void unusableFile(Path named, FailureKind kind, Path made) {
        assertThatThrownBy(() -> MasterKey.read(made, Passphrase.in(named)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    @Test
    void withoutAFileAndATerminalThatIsSaid() throws Exception {
        var made = sealed();
        assertThatThrownBy(() -> MasterKey.read(made, NONE))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("keys.passphrase");
        assertThatThrownBy(Passphrase::typedTwice).isInstanceOf(Refused.class);
    }

    @Test
    void newerKeyIsSealedToo() throws Exception {
        var made = sealed();
        try (var asked = passphrase(WORDS)) {
            var added = MasterKey.add(made, asked, new SecureRandom());
            assertThat(Files.size(added)).isEqualTo(97);
            var all = MasterKey.readAll(made, asked);
            assertThat(all).hasSize(2);
            assertThat(all.getFirst()).isNotEqualTo(all.getLast());
            all.forEach(Secret::close);
        }
        // from a bare one
        try (var asked = passphrase(WORDS)) {
            assertThat(Files.size(MasterKey.add(file, asked, new SecureRandom()))).isEqualTo(97);
            assertThat(Files.size(file)).isEqualTo(32);
            MasterKey.readAll(file, asked).forEach(Secret::close);
        }
    }

    @Test
    void keysAreNumberedFromTheNewestAndTheNewestIsFirst() throws Exception {
        for (int i = 1; i <= 11; i++) {
            assertThat(MasterKey.add(file, NONE, new SecureRandom()))
                    .hasFileName("master.key." + i);
        }
        var all = MasterKey.readAll(file, NONE);
        assertThat(all).hasSize(12);
        for (int i = 0; i < 12; i++) {
            var one = i == 11 ? file : folder.resolve("master.key." + (11 - i));
            assertThat(all.get(i).expose()).isEqualTo(Files.readAllBytes(one));
        }
        all.forEach(Secret::close);
        assertThat(MasterKey.add(folder.resolve("first.key"), NONE, new SecureRandom()))
                .as("where there is none yet")
                .hasFileName("first.key.1");
    }
}
