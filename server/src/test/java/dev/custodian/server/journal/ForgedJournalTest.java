package dev.custodian.server.journal;

import static dev.custodian.server.journal.JournalFixture.CREDENTIAL;
import static dev.custodian.server.journal.JournalFixture.ECDSA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.Place;
import dev.custodian.core.journal.Use;
import dev.custodian.server.store.Samples;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Journals whose tree and signatures are right, and whose records lie: what a server with an error
/// in it, or in the wrong hands, would write.
class ForgedJournalTest {
    private static final Id OTHER = Samples.credential(2);
    private static final Bytes EVIDENCE = Bytes.utf8("jws");
    private static final Outcome.Result SIGNED =
            new Outcome.Result.Signed(Samples.hash("signature"));
    private static final String NO_APPROVAL = "names no approval of its credential.";
    private static final String NOT_OPEN = "belongs to no use that is open.";
    private static final String UNFIT = "does not fit its use";
    private static final String NO_OUTCOME = "has neither an outcome nor its digests in use.";

    @TempDir Path folder;
    private JournalFixture fixture;
    private Ledger ledger;

    @BeforeEach
    void start() throws Exception {
        fixture = new JournalFixture(folder);
        ledger =
                new Ledger(
                        new SecureRandom(),
                        new Checkpoints(fixture.store, fixture.key, System::nanoTime));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void write(Draft... drafts) throws Refused {
        try (var tx = fixture.store.begin()) {
            ledger.write(tx, fixture.clock.instant(), List.of(drafts));
            tx.commit();
        }
    }

    private void evidence(long index) throws Refused {
        try (var tx = fixture.store.begin()) {
            tx.insertEvidence(index, Samples.hash("intent " + index), EVIDENCE);
            tx.commit();
        }
    }

    private static Draft approval(Id credential) {
        return new Draft.Chained(
                credential,
                (time, place) ->
                        new Approval(
                                time,
                                place,
                                Samples.hash("intent"),
                                Hashes.sha256(EVIDENCE),
                                Level.BOUND,
                                List.of("device", "pin"),
                                Samples.device(1).text(),
                                List.of()),
                Draft.UNHEARD);
    }

    private static Draft use(long approval) {
        return new Draft.Chained(
                CREDENTIAL,
                (time, place) ->
                        new Use(
                                time,
                                place,
                                approval,
                                List.of(new Use.Digest(HashAlgorithm.SHA256, Samples.hash("one"))),
                                ECDSA),
                Draft.UNHEARD);
    }

    private static Draft outcome(Id credential, long use, Outcome.Result... results) {
        return new Draft.Chained(
                credential,
                (time, place) -> new Outcome(time, place, use, List.of(results)),
                Draft.UNHEARD);
    }

    private JournalVerification.Report verify() throws Refused {
        return JournalVerification.verify(fixture.store, fixture.key.verifier());
    }

    private void found(String... endings) throws Refused {
        var findings = verify().findings();
        assertThat(findings).hasSameSizeAs(endings);
        for (int i = 0; i < endings.length; i++) {
            assertThat(findings.get(i)).contains(endings[i]);
        }
    }

    @Test
    void honestRecordsHaveNoFindings() throws Exception {
        write(approval(CREDENTIAL), use(0), outcome(CREDENTIAL, 1, SIGNED));
        evidence(0);
        assertThat(verify()).isEqualTo(new JournalVerification.Report(3, 1, 0, 1, List.of()));
    }

    @Test
    void failedUseIsNotCountedAsSigned() throws Exception {
        write(approval(CREDENTIAL), use(0), outcome(CREDENTIAL, 1, new Outcome.Result.Failed()));
        evidence(0);
        assertThat(verify()).isEqualTo(new JournalVerification.Report(3, 1, 0, 0, List.of()));
    }

    @Test
    void useWithoutAnApprovalIsFound() throws Exception {
        write(use(0), outcome(CREDENTIAL, 0, SIGNED));
        found(NO_APPROVAL);
    }

    @Test
    void useOfAnotherCredentialsApprovalIsFound() throws Exception {
        write(approval(OTHER), use(0), outcome(CREDENTIAL, 1, SIGNED));
        evidence(0);
        found(NO_APPROVAL);
    }

    @Test
    void useBeforeItsApprovalIsFound() throws Exception {
        write(use(1), approval(CREDENTIAL), outcome(CREDENTIAL, 0, SIGNED));
        evidence(1);
        found(NO_APPROVAL);
    }

    @Test
    void approvalThatNoDeviceSignedIsFound() throws Exception {
        write(approval(CREDENTIAL));
        found("has not the evidence that it names.");
    }

    @Test
    void secondOutcomeIsFound() throws Exception {
        write(
                approval(CREDENTIAL),
                use(0),
                outcome(CREDENTIAL, 1, SIGNED),
                outcome(CREDENTIAL, 1, SIGNED));
        evidence(0);
        found(NOT_OPEN);
        assertThat(verify().signed()).isEqualTo(1);
    }

    @Test
    void outcomeOfNoUseIsFound() throws Exception {
        write(approval(CREDENTIAL), outcome(CREDENTIAL, 0, SIGNED));
        evidence(0);
        found(NOT_OPEN);
    }

    @Test
    void outcomeOfAnotherNumberOfDigestsOrAnotherCredentialIsFound() throws Exception {
        write(approval(CREDENTIAL), use(0), outcome(CREDENTIAL, 1, SIGNED, SIGNED));
        evidence(0);
        found(UNFIT);
        write(use(0), outcome(OTHER, 3, SIGNED));
        found(UNFIT, UNFIT);
    }

    @Test
    void useWithoutOutcomeWhoseDigestsAreNotInUseIsFound() throws Exception {
        write(approval(CREDENTIAL), use(0));
        evidence(0);
        found(NO_OUTCOME);
        assertThat(verify().open()).isEqualTo(1);
    }

    @Test
    void chainThatSkipsOrForksIsFound() throws Exception {
        write(approval(CREDENTIAL));
        evidence(0);
        write(
                new Draft.Chained(
                        CREDENTIAL,
                        (time, place) ->
                                new Use(
                                        time,
                                        new Place(CREDENTIAL, 2, Samples.hash("another past")),
                                        0,
                                        List.of(
                                                new Use.Digest(
                                                        HashAlgorithm.SHA256, Samples.hash("one"))),
                                        ECDSA),
                        Draft.UNHEARD),
                outcome(CREDENTIAL, 1, SIGNED));
        found("Record 1 of " + CREDENTIAL);
    }
}
