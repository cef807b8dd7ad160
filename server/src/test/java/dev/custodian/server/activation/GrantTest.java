package dev.custodian.server.activation;

import static dev.custodian.server.activation.ChangesTest.refused;
import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.server.store.ConsentRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who can give a consent for what, and what is left of it at the moment that it is spent.
class GrantTest {
    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;
    private Id login;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol();
        login = rig.credential(ada.owner, Custody.OWNER_SEALED, Purpose.LOGIN);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /// A consent for `agent`'s device, signed by `signer`'s key.
    private Consents.Request ask(Rig.Agent agent, Rig.Agent signer, Matter.Consent terms)
            throws Exception {
        var nonce = rig.module.challenges().issue(agent.owner.text(), "consent");
        var approver = new Approver.OnDevice(agent.owner, agent.device);
        var octets = agent.intent(approver, nonce, terms).encode();
        return new Consents.Request(
                agent.caller(),
                terms.credential(),
                signer.jws(octets, agent.device.text()),
                agent.sealed(octets, Rig.PIN, rig.random(32)));
    }

    private Matter.Consent terms(Id credential, Purpose purpose, Duration life, String subject) {
        int count = purpose == Purpose.DOCUMENT ? 2 : 3;
        return new Matter.Consent(
                credential, purpose, count, rig.clock.instant().plus(life), subject);
    }

    private Matter.Consent terms() {
        return terms(login, Purpose.LOGIN, Duration.ofMinutes(10), "ssh");
    }

    private ConsentRow granted() throws Exception {
        var granted = rig.module.consents().grant(ask(ada, ada, terms()));
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.consents().find(granted.id()));
        }
    }

    private List<Change> forgotten() throws Exception {
        var found = new ArrayList<Change>();
        for (var one : rig.journal.since(login, 0, 1000, 0).records()) {
            if (JournalRecord.parse(one.record()) instanceof Change change
                    && change.what().equals("consent-forgotten")) {
                found.add(change);
            }
        }
        return found;
    }

    /// Whoever has share, PIN and a session, but not the device's key.
    @Test
    void consentThatTheDeviceDidNotSignIsRefused() throws Exception {
        var eve = rig.new Agent();
        var forged = ask(ada, eve, terms());
        refused(FailureKind.FACTORS_REFUSED, () -> rig.module.consents().grant(forged));
        assertThat(rig.module.consents().list(ada.caller())).isEmpty();
        rig.module.consents().grant(ask(ada, ada, terms()));
        assertThat(rig.module.consents().list(ada.caller())).hasSize(1);
    }

    @Test
    void consentForACredentialWhoseCertificateHasEndedIsRefused() throws Exception {
        rig.clock.pass(Duration.ofDays(1));
        assertThat(rig.module.consents().grant(ask(ada, ada, terms())).level())
                .isEqualTo(Level.BOUND);
        rig.clock.pass(Duration.ofSeconds(1));
        var late = ask(ada, ada, terms());
        refused(FailureKind.CREDENTIAL_DISABLED, () -> rig.module.consents().grant(late));
    }

    @Test
    void whoAsksForTooLongIsToldHowLongAConsentLasts() throws Exception {
        var login = ask(ada, ada, terms(this.login, Purpose.LOGIN, Duration.ofDays(2), "ssh"));
        assertThatThrownBy(() -> rig.module.consents().grant(login))
                .hasMessageContaining("login lasts at most 24 hours.");
        var document = rig.credential(ada.owner, Custody.OWNER_SEALED);
        var twice = ask(ada, ada, terms(document, Purpose.DOCUMENT, Duration.ofDays(1), "office"));
        assertThatThrownBy(() -> rig.module.consents().grant(twice))
                .hasMessageContaining("document lasts at most 2 minutes.");
    }

    @Test
    void subjectMayHaveAsManyCharactersAsTheRefusalSays() throws Exception {
        var life = Duration.ofMinutes(1);
        var longest = ask(ada, ada, terms(login, Purpose.LOGIN, life, "x".repeat(1024)));
        rig.module.consents().grant(longest);
        assertThat(rig.module.consents().list(ada.caller()).getFirst().subject()).hasSize(1024);
    }

    @Test
    void takingAConsentBackLeavesARecordAtOnce() throws Exception {
        var consent = granted();
        rig.module.consents().forget(ada.caller(), consent.id());
        assertThat(forgotten())
                .singleElement()
                .satisfies(
                        change -> {
                            assertThat(change.subject()).isEqualTo(consent.id().text());
                            assertThat(change.by()).isEqualTo(ada.device.text());
                        });
    }

    // what changes after it was found to cover the signatures

    private void spend(ConsentRow consent, int signatures) throws Refused {
        rig.journal.write(
                (tx, _) -> {
                    ConsentRules.spend(tx, consent, signatures, rig.clock.instant());
                    return true;
                });
    }

    @Test
    void consentTakenBackMeanwhileIsNotSpent() throws Exception {
        var consent = granted();
        spend(consent, 1);
        rig.module.consents().forget(ada.caller(), consent.id());
        refused(FailureKind.CONSENT_REVOKED, () -> spend(consent, 1));
    }

    @Test
    void consentUsedUpMeanwhileIsNotSpent() throws Exception {
        var consent = granted();
        spend(consent, 2);
        refused(FailureKind.CONSENT_USED_UP, () -> spend(consent, 2));
        spend(consent, 1);
        refused(FailureKind.CONSENT_USED_UP, () -> spend(consent, 1));
    }

    @Test
    void consentThatEndedMeanwhileIsNotSpent() throws Exception {
        var consent = granted();
        rig.clock.pass(Duration.ofMinutes(10).minusMillis(1));
        spend(consent, 1);
        rig.clock.pass(Duration.ofMillis(1));
        refused(FailureKind.CONSENT_EXPIRED, () -> spend(consent, 1));
    }

    @Test
    void consentThatIsGoneMeanwhileIsNotSpent() throws Exception {
        var consent = granted();
        spend(consent, 1);
        rig.journal.write(
                (tx, _) -> {
                    var later = rig.clock.instant().plus(Duration.ofDays(2));
                    return tx.consents().deleteExpired(later, 9);
                });
        refused(FailureKind.CONSENT_UNKNOWN, () -> spend(consent, 1));
    }

    /// A row that somebody wrote, for a credential that is not there.
    @Test
    void usedUpConsentForACredentialThatIsGoneIsUnknown() throws Exception {
        var row = granted();
        var orphan =
                new ConsentRow(
                        Id.of(Id.Kind.CONSENT, rig.random(16)),
                        digest("secret"),
                        row.owner(),
                        Id.of(Id.Kind.CREDENTIAL, rig.random(16)),
                        row.version(),
                        row.device(),
                        row.purpose(),
                        row.subject(),
                        1,
                        0,
                        row.expires(),
                        false,
                        row.level(),
                        null);
        rig.journal.write(
                (tx, _) -> {
                    tx.consents().insert(orphan);
                    return true;
                });
        refused(FailureKind.CONSENT_UNKNOWN, () -> spend(orphan, 1));
    }
}
