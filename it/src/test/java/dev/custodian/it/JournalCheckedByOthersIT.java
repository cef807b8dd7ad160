package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.client.Credentials;
import dev.custodian.client.DeviceSession;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// The exported journal before a checker in Go, whose tree and signed note are by other people.
@TestInstance(Lifecycle.PER_CLASS)
class JournalCheckedByOthersIT {
    private static final Path SOURCES = Program.HOME.resolve("it/journal-checker");

    private static final int THREADS = 8;
    private static final int EACH = 5;

    private Path folder;
    private Path checker;
    private String key;
    private List<String> lines;

    @BeforeAll
    void sign(@TempDir Path folder) throws Exception {
        this.folder = folder;
        checker = folder.resolve("journal-checker");
        Program.run(SOURCES, Map.of(), List.of("go", "build", "-o", checker.toString(), "."))
                .orFail();
        var installation = Installation.in(folder);
        try (var serving = installation.serve()) {
            var owner =
                    OwnerDevice.enrol(installation.invite(serving.url()), folder.resolve("device"));
            var credentials = installation.credentials(owner.owner(), "RSA-2048", "P-256");
            try (var session = owner.session()) {
                for (var credential : credentials) {
                    owner.sign(session, credential, OwnerDevice.PIN, digest("a"), digest("b"));
                    owner.sign(session, credential, OwnerDevice.PIN, digest("c"));
                }
                signAtOnce(
                        owner,
                        session,
                        installation.uncertified(Purpose.CODE, owner.owner(), "P-256"));
            }
        }
        key = KeyFiles.read(Config.read(installation.config())).checkpointKey().verifier().text();
        var export = folder.resolve("export.jsonl");
        installation.command("journal", "export", "--out", export.toString());
        lines = Files.readAllLines(export);
        installation.command("journal", "verify");
    }

    /// Many threads with one key: each finds the chain longer than it left it.
    private static void signAtOnce(OwnerDevice owner, DeviceSession session, Id key)
            throws Exception {
        var with = new Credentials(session).info(key);
        var consent = owner.consent(session, key, THREADS * EACH);
        var parts = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < THREADS; i++) {
            var name = "thread " + i + " ";
            parts.add(
                    () -> {
                        int made = 0;
                        for (int k = 0; k < EACH; k++) {
                            made +=
                                    owner.sign(session, with, consent, digest(name + k))
                                            .signatures()
                                            .size();
                        }
                        return made;
                    });
        }
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            for (var part : threads.invokeAll(parts)) {
                assertThat(part.get()).isEqualTo(EACH);
            }
        }
    }

    private static Bytes digest(String of) {
        return Hashes.sha256(Bytes.utf8(of));
    }

    private Program.Ran check(List<String> export, String verifier) throws Exception {
        var file = Files.write(folder.resolve("checked.jsonl"), export);
        return Program.run(
                folder,
                Map.of(),
                List.of(
                        "sh",
                        "-c",
                        "exec \"$0\" \"$1\" < \"$2\"",
                        checker.toString(),
                        verifier,
                        file.toString()));
    }

    @Test
    void theCheckerFindsNothing() throws Exception {
        var ran = check(lines, key);
        assertThat(ran.said()).contains("45 approvals, 44 uses, 44 outcomes");
        assertThat(ran.exit()).as(ran.said()).isZero();
    }

    @Test
    void theCheckerFindsARecordThatWasLeftOut() throws Exception {
        var fewer = new ArrayList<>(lines);
        fewer.remove(lines.size() - 3);
        assertThat(check(fewer, key).exit()).isEqualTo(1);
    }

    @Test
    void theCheckerFindsRecordsThatChangedPlaces() throws Exception {
        var other = new ArrayList<>(lines);
        other.set(3, lines.get(4));
        other.set(4, lines.get(3));
        assertThat(check(other, key).exit()).isEqualTo(1);
    }

    @Test
    void theCheckerFindsAChangedSalt() throws Exception {
        var other = new ArrayList<>(lines);
        var line = lines.get(5);
        int at = line.indexOf("\"salt\":\"") + 8;
        other.set(
                5,
                line.substring(0, at)
                        + (line.charAt(at) == 'A' ? 'B' : 'A')
                        + line.substring(at + 1));
        assertThat(check(other, key).said()).contains("another root");
    }

    @Test
    void theCheckerFindsTheKeyOfAnotherJournal() throws Exception {
        var last = key.charAt(key.length() - 3);
        var other =
                key.substring(0, key.length() - 3)
                        + (last == 'A' ? 'B' : 'A')
                        + key.substring(key.length() - 2);
        assertThat(check(lines, other).exit()).isEqualTo(1);
    }
}
