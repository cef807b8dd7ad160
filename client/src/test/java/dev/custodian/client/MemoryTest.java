package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.journal.ChainMemory;
import dev.custodian.core.journal.Checkpoint;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
    private static final Bytes HASH = Hashes.sha256(Bytes.utf8("x"));

    @TempDir Path scratch;

    @Test
    void loadedMemoryIsTheKeptOne() throws Exception {
        var memory = Memory.begin(file(), remembered());
        assertThat(Memory.load(file()).now()).isEqualTo(remembered());

        var more =
                remembered().with(new Checkpoint("journal", 9, HASH), chain(Id.Kind.OWNER, false));
        memory.keep(more);

        assertThat(Memory.load(file()).now()).isEqualTo(more).isEqualTo(memory.now());
        try (var files = Files.list(scratch)) {
            assertThat(files).as("no draft is left").containsExactly(file());
        }
    }

    @Test
    void fileIsForThisUserAlone() throws Exception {
        Memory.begin(file(), remembered());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");

        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw--w----"));
        refused(FailureKind.KEY_FILE_EXPOSED, "chmod 600", () -> Memory.load(file()));
    }

    @Test
    void missingAndDamagedFilesAreNamed() throws Exception {
        refused(FailureKind.FILE_UNREADABLE, file().toString(), () -> Memory.load(file()));
        Files.writeString(file(), "{\"v\":2}");
        refused(FailureKind.KEY_FILE_UNUSABLE, file().toString(), () -> Memory.load(file()));
    }

    @Test
    void memoryThatCannotBeKeptIsRefusedAndTheOldOneStays() throws Exception {
        var folder = Files.createDirectory(scratch.resolve("folder"));
        var memory = Memory.begin(folder.resolve("memory"), remembered());
        Files.delete(folder.resolve("memory"));
        Files.delete(folder);

        refused(FailureKind.OUTPUT_UNWRITABLE, "memory", () -> memory.keep(remembered()));
        assertThat(memory.now()).isEqualTo(remembered());
    }

    @Test
    void whateverIsNotAMemoryIsMalformed() throws Exception {
        var good = remembered().encode().utf8();
        for (var bad :
                List.of(
                        "",
                        "[]",
                        good.replace("\"v\":1", "\"v\":2"),
                        good.replace("own_", "dev_"),
                        good.replace("\"size\":3", "\"size\":-1"),
                        good.replace("\"seq\":2", "\"seq\":0"),
                        good.replace("https://", "h ttps://"),
                        good.replace("{\"v\"", "{\"w\":0,\"v\""),
                        good + " x")) {
            assertThatExceptionOfType(MalformedException.class)
                    .as(bad)
                    .isThrownBy(() -> Remembered.decode(Bytes.utf8(bad)));
        }
    }

    static Remembered remembered() {
        var chains = new TreeMap<Id, Remembered.Chain>();
        var chain = chain(Id.Kind.CREDENTIAL, true);
        chains.put(chain.newest().chain(), chain);
        return new Remembered(
                URI.create("https://example.org:8443"),
                HASH,
                id(Id.Kind.OWNER),
                id(Id.Kind.DEVICE),
                new Checkpoint("journal", 3, HASH),
                chains);
    }

    private static Remembered.Chain chain(Id.Kind kind, boolean proven) {
        return new Remembered.Chain(new ChainMemory(id(kind), 2, 2, HASH), proven, HASH, HASH);
    }

    private static Id id(Id.Kind kind) {
        return Id.of(kind, HASH.slice(0, 16));
    }

    private Path file() {
        return scratch.resolve("memory");
    }
}
