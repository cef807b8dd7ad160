package dev.custodian.server.journal;

import static dev.custodian.server.journal.JournalFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.core.json.Json;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.DigestRow;
import dev.custodian.server.store.HeadRow;
import dev.custodian.server.store.Samples;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever writes to the database behind the server's back is found out.
class JournalVerificationTest {
    private static final Bytes ONE = Samples.hash("one");

    @TempDir Path folder;
    private JournalFixture fixture;
    private Journal journal;
    private AuthorizationRow authorization;

    /// Records 0 approval, 1 use, 2 outcome (signed), 3 approval, 4 use, 5 outcome (failed), then
    /// changes to 299 and beyond, and a checkpoint over all.
    @BeforeEach
    void start() throws Exception {
        fixture = new JournalFixture(folder);
        journal = fixture.journal("a");
        authorization = fixture.authorize(journal, Samples.digest("one"));
        journal.use(ask(authorization, ONE));
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        var other = fixture.authorize(journal, Samples.digest("two"));
        fixture.signer.fail(true);
        JournalFixture.assertRefused(
                FailureKind.VAULT_FAILED, () -> journal.use(ask(other, Samples.hash("two"))));
        fixture.awaitState(DigestRow.Free.class, other, Samples.hash("two"));
        fixture.signer.fail(false);
        change(300);
        journal.since(Samples.owner(1), 0, 1000, 0);
        change(1);
    }

    private void change(int times) throws Exception {
        journal.write(
                (_, changes) -> {
                    for (int i = 0; i < times; i++) {
                        changes.append(
                                new NewChange(
                                        Samples.owner(1),
                                        "policy",
                                        "s",
                                        "operator",
                                        null,
                                        Map.of()));
                    }
                    return true;
                });
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private JournalVerification.Report verify() throws Exception {
        return JournalVerification.verify(fixture.store, fixture.key.verifier());
    }

    private void execute(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + fixture.file);
                var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).as("rows changed by: %s", sql).isPositive();
        }
    }

    @Test
    void honestJournalHasNoFindings() throws Exception {
        assertThat(verify()).isEqualTo(new JournalVerification.Report(307, 2, 0, 1, List.of()));
    }

    @Test
    void useThatIsBeingSignedIsOpen() throws Exception {
        var third = fixture.authorize(journal, Samples.digest("three"));
        var gate = fixture.signer.block();
        var call = new Calls().start(() -> journal.use(ask(third, Samples.hash("three"))));
        fixture.signer.awaitEntered();
        var report = verify();
        assertThat(report.findings()).isEmpty();
        assertThat(report.open()).isEqualTo(1);
        gate.countDown();
        assertThat(call.get()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"0, NULL", "2, zeroblob(8)"})
    void openUseWhoseDigestIsNotInUseIsFound(int state, String result) throws Exception {
        var third = fixture.authorize(journal, Samples.digest("three"));
        var gate = fixture.signer.block();
        var call = new Calls().start(() -> journal.use(ask(third, Samples.hash("three"))));
        fixture.signer.awaitEntered();
        execute(
                "UPDATE digest SET state = %d, result = %s WHERE state = 1"
                        .formatted(state, result));
        assertThat(verify().findings())
                .anySatisfy(f -> assertThat(f).contains("nor its digests in use"));
        execute(
                "UPDATE digest SET state = 1, result = NULL WHERE authorization = "
                        + third.number());
        assertThat(verify().findings()).isEmpty();
        gate.countDown();
        assertThat(call.get()).hasSize(1);
    }

    @Test
    void useThatIsUnknownFitsItsRowAndNoOther() throws Exception {
        var third = fixture.authorize(journal, Samples.digest("three"));
        var gate = fixture.signer.block();
        var call = new Calls().start(() -> journal.use(ask(third, Samples.hash("three"))));
        fixture.signer.awaitEntered();
        fixture.journal("a");
        gate.countDown();
        call.get();
        assertThat(fixture.state(third, Samples.hash("three")))
                .isInstanceOf(DigestRow.Unknown.class);
        assertThat(verify().findings()).isEmpty();
        execute("UPDATE digest SET scheme = scheme + 1 WHERE state = 3");
        assertThat(verify().findings())
                .singleElement()
                .asString()
                .contains("contradicts the outcome");
    }

    @Test
    void journalOfSeveralTilesUnderACheckpointOverAllHasNoFindings() throws Exception {
        change(300);
        journal.since(Samples.owner(1), 0, 1000, 0);
        assertThat(verify()).isEqualTo(new JournalVerification.Report(607, 2, 0, 1, List.of()));
    }

    private static NewChange approved(String what) {
        return new NewChange(Samples.owner(1), what, "s", "dev", Samples.hash("intent"), Map.of());
    }

    /// Record 307.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM evidence WHERE number = 307",
                "UPDATE evidence SET evidence = CAST('e30.b3RoZXI.c2ln' AS BLOB) WHERE number = 307",
                "UPDATE evidence SET evidence = CAST('e30.aW50ZW50' AS BLOB) WHERE number = 307",
                "UPDATE evidence SET evidence = CAST('e30.=.c2ln' AS BLOB) WHERE number = 307"
            })
    void changeHasTheIntentBesideItThatItNames(String sql) throws Exception {
        var jws = Bytes.utf8("e30." + Bytes.utf8("intent").base64Url() + ".c2ln");
        journal.write((_, changes) -> changes.append(approved("policy"), jws));
        assertThat(verify().findings()).isEmpty();
        execute(sql);
        assertThat(verify().findings())
                .containsExactly("Change 307 has not the evidence that it names.");
    }

    @Test
    void firstEnrolmentAloneMayHaveAnIntentWithoutEvidence() throws Exception {
        journal.write((_, changes) -> changes.append(approved("enrol")));
        assertThat(verify().findings()).isEmpty();
        journal.write((_, changes) -> changes.append(approved("policy")));
        assertThat(verify().findings())
                .containsExactly("Change 308 has not the evidence that it names.");
    }

    @Test
    void signatureOfAnotherKeyIsFound() throws Exception {
        try (var other = new JournalFixture(Files.createDirectory(folder.resolve("other")))) {
            var report = JournalVerification.verify(fixture.store, other.key.verifier());
            assertThat(report.findings())
                    .containsExactly("The stored checkpoint is not one of this journal's key.");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    UPDATE journal SET salt = zeroblob(32) WHERE number = 300 | do not make the tree
                    UPDATE journal SET record = x'7b7d' WHERE number = 1 | cannot be read
                    DELETE FROM journal WHERE number = 5 | Record 5 is missing
                    DELETE FROM journal WHERE number = 306 | do not make the tree
                    UPDATE journal_head SET size = 306 WHERE one = 1 | do not make the tree
                    UPDATE journal_head SET edge = zeroblob(length(edge)) WHERE one = 1 | do not make the tree
                    UPDATE journal_head SET checkpoint = x'6e6f' WHERE one = 1 | not one of this journal's key
                    UPDATE chain_head SET seq = seq - 1 | does not end where its head says
                    DELETE FROM evidence WHERE number = 0 | has not the evidence
                    UPDATE evidence SET evidence = x'00' WHERE number = 3 | has not the evidence
                    UPDATE tile SET hashes = zeroblob(8192) WHERE level = 0 | does not hold the hashes
                    UPDATE tile SET hashes = zeroblob(32) WHERE level = 1 | do not make the tree of the records
                    DELETE FROM tile WHERE level = 1 | The tiles have a gap
                    UPDATE digest SET result = x'00' WHERE state = 2 | contradicts the outcome
                    UPDATE digest SET state = 3 WHERE state = 2 | contradicts the outcome
                    UPDATE digest SET state = 1, epoch = 1 WHERE state = 2 | contradicts the outcome
                    UPDATE digest SET used_in = 4 WHERE state = 2 | contradicts the outcome
                    UPDATE digest SET used_in = 77 WHERE state = 2 | which is no open use
                    UPDATE digest SET scheme = scheme + 1 WHERE state = 2 | contradicts the outcome
                    UPDATE journal_head SET size = 300 WHERE one = 1 | shorter than its checkpoint of 306 records
                    UPDATE journal SET record = (SELECT record FROM journal WHERE number = 299) WHERE number = 301 | Record 301 of own
                    """)
    void changedDatabaseIsFound(String sql, String finding) throws Exception {
        execute(sql);
        assertThat(verify().findings()).anySatisfy(f -> assertThat(f).contains(finding));
    }

    @Test
    void journalWrittenAnewWithoutItsKeyIsFound() throws Exception {
        // Rewrites a record and then everything that is computed from it, as only a database writer
        // can.
        try (var forged = new JournalFixture(Files.createDirectory(folder.resolve("forged")))) {
            var writer = forged.journal("a");
            writer.write(
                    (_, changes) -> {
                        for (int i = 0; i < 400; i++) {
                            changes.append(
                                    new NewChange(
                                            Samples.owner(1), "policy", "x", "y", null, Map.of()));
                        }
                        return true;
                    });
            Bytes note;
            try (var reader = fixture.store.read()) {
                note = reader.head().checkpoint();
            }
            try (var tx = forged.store.begin()) {
                var head = tx.headForUpdate();
                tx.updateHead(new HeadRow(head.size(), head.edge(), note));
                tx.commit();
            }
            var report = JournalVerification.verify(forged.store, fixture.key.verifier());
            assertThat(report.findings())
                    .containsExactly(
                            "The journal was changed after its checkpoint of 306 records was signed.");
        }
    }

    @Test
    void exportHoldsAllThatACheckerNeeds() throws Exception {
        var out = new ByteArrayOutputStream();
        journal.export(out);
        var lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(308);
        var first = Json.members(Json.parse(Bytes.utf8(lines.getFirst()), 1 << 21), "line");
        var salted =
                new SaltedRecord(
                        first.number("index", 0, 0), first.bytes("salt"), first.bytes("record"));
        var record = (Approval) JournalRecord.parse(salted.record());
        assertThat(Hashes.sha256(first.bytes("evidence"))).isEqualTo(record.evidence());
        first.done();
        var last = Json.members(Json.parse(Bytes.utf8(lines.getLast()), 1 << 21), "line");
        var checkpoint = SignedNote.parse(last.bytes("checkpoint")).verify(fixture.key.verifier());
        assertThat(checkpoint.size()).isEqualTo(307);
        last.done();
    }
}
