package dev.custodian.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.Edge;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.Place;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.core.journal.Use;
import dev.custodian.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalProofTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Id CREDENTIAL = id('b');
    private static final Id OTHER = id('c');
    private static final Bytes DIGEST = hash("digest");
    private static final Bytes SIGNATURE = Bytes.utf8("signature");

    @TempDir Path folder;

    private final List<SaltedRecord> records = new ArrayList<>();

    private static Id id(char letter) {
        return new Id(Id.Kind.CREDENTIAL, "crd_" + String.valueOf(letter).repeat(25) + "a");
    }

    private static Bytes hash(String of) {
        return Hashes.sha256(Bytes.utf8(of));
    }

    /// The place of the next record of a chain.
    private Place next(Id chain, long seq) {
        return new Place(chain, seq, seq == 1 ? Place.NO_RECORD : records.getLast().commitment());
    }

    private void add(JournalRecord record) {
        records.add(
                new SaltedRecord(records.size(), hash("salt" + records.size()), record.encode()));
    }

    private void approve(Id chain) {
        add(
                new Approval(
                        NOW,
                        next(chain, 1),
                        hash("intent"),
                        hash("evidence"),
                        Level.BOUND,
                        List.of("device", "pin"),
                        "dev_somebody",
                        List.of()));
    }

    private void use(long approval, Bytes digest) {
        add(
                new Use(
                        NOW,
                        next(CREDENTIAL, 2),
                        approval,
                        List.of(new Use.Digest(HashAlgorithm.SHA256, digest)),
                        SignatureScheme.of(Scheme.ECDSA_SHA256)));
    }

    private void outcome(Outcome.Result result) {
        add(new Outcome(NOW, next(CREDENTIAL, 3), records.size() - 1, List.of(result)));
    }

    private static Outcome.Result signed(Bytes signature) {
        return new Outcome.Result.Signed(Hashes.sha256(signature));
    }

    private Edge edge() {
        var edge = Edge.EMPTY;
        for (var record : records) {
            edge = edge.append(record.leafHash());
        }
        return edge;
    }

    private Path export(Edge edge) throws Exception {
        var lines = new ArrayList<String>();
        for (var record : records) {
            lines.add(
                    line(
                            Json.object()
                                    .put("index", record.index())
                                    .put("salt", record.salt())
                                    .put("record", record.record())));
        }
        var checkpoint = new Checkpoint("custodian-test", edge.size(), edge.root());
        var signature = new SignedNote.Line("custodian-test", Bytes.of(new byte[4]), DIGEST);
        var note = new SignedNote(checkpoint.text(), List.of(signature));
        lines.add(line(Json.object().put("checkpoint", note.encode())));
        return Files.write(folder.resolve("export.jsonl"), lines);
    }

    private static String line(Json.Builder object) {
        return new String(object.build().write().toArray(), StandardCharsets.UTF_8);
    }

    private void broken(Path export, String words) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> JournalProof.read(export, CREDENTIAL, DIGEST, SIGNATURE))
                .satisfies(
                        e -> {
                            assertThat(e.kind()).isEqualTo(FailureKind.JOURNAL_BROKEN);
                            assertThat(e.detail()).contains(words);
                        });
    }

    @Test
    void whatSaysAnythingElseIsRefused() throws Exception {
        approve(CREDENTIAL);
        broken(export(edge()), "no record of the use");
        use(0, hash("another digest"));
        broken(export(edge()), "no record of the use");
        records.removeLast();
        use(7, DIGEST);
        broken(export(edge()), "no record of the approval");
        records.removeLast();
        use(0, DIGEST);
        outcome(new Outcome.Result.Failed());
        broken(export(edge()), "not that of the signature");
        records.removeLast();
        outcome(signed(Bytes.utf8("another signature")));
        broken(export(edge()), "not that of the signature");
    }

    @Test
    void whatDoesNotHoldTogetherIsRefused() throws Exception {
        approve(CREDENTIAL);
        use(0, DIGEST);
        var before = edge();
        outcome(signed(SIGNATURE));
        broken(export(before), "of other records");
        var whole = Files.readString(export(edge()));
        broken(Files.writeString(folder.resolve("no"), whole.replace("index", "idx")), "index");
        broken(Files.writeString(folder.resolve("half"), whole.substring(0, 300)), "export");
        // one that was left out, with a tree that was made anew
        var use = records.remove(1);
        records.set(1, new SaltedRecord(1, hash("x"), records.get(1).record()));
        broken(export(edge()), "export");
        assertThat(use.index()).isEqualTo(1);
    }

    @Test
    void outcomeThatIsStillToComeIsWaitedForAndThenTold() throws Exception {
        approve(OTHER);
        approve(CREDENTIAL);
        use(1, DIGEST);
        assertThat(JournalProof.read(export(edge()), CREDENTIAL, DIGEST, SIGNATURE)).isNull();
        outcome(signed(SIGNATURE));
        var proof =
                Objects.requireNonNull(
                        JournalProof.read(export(edge()), CREDENTIAL, DIGEST, SIGNATURE));
        assertThat(List.of(proof.approval(), proof.use(), proof.outcome()))
                .containsExactly(1L, 2L, 3L);
        assertThat(proof.approved().level()).isEqualTo(Level.BOUND);
        assertThat(proof.checkpoint().size()).isEqualTo(4);
    }
}
