package dev.custodian.agent.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.agent.session.AgentFolder;
import dev.custodian.agent.signing.TestCredentials;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.device.windows.CertificateStore.Entry;
import dev.custodian.link.SessionState;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is in the store of certificates, and when; the store's part is played here.
class CertificateSyncTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofDays(90));
    private static final X509Certificate ROOT = TestCredentials.certificate("R", "R", LATER);
    private static final X509Certificate ISSUER = TestCredentials.certificate("I", "R", LATER);
    private static final X509Certificate LEAF = TestCredentials.certificate("L", "I", LATER);
    private static final X509Certificate SHORT =
            TestCredentials.certificate("S", "J", NOW.plus(Duration.ofDays(1)));
    private static final X509Certificate OTHER_ISSUER =
            TestCredentials.certificate("J", "R", LATER);
    private static final Credential WORK = credential(1, "Work", LEAF, ISSUER, ROOT);
    private static final Credential BRIEF = credential(2, "Brief", SHORT, OTHER_ISSUER, ROOT);

    @TempDir Path scratch;

    private final FakeStore store = new FakeStore();
    private AgentFolder folder;
    private Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private SessionState state = SessionState.LOGGED_IN;

    @BeforeEach
    void open() throws Exception {
        folder = AgentFolder.open(scratch.resolve("state"), new SecureRandom());
    }

    @AfterEach
    void close() {
        folder.close();
    }

    private static Credential credential(int number, String name, X509Certificate... chain) {
        return new Credential(
                Id.of(Id.Kind.CREDENTIAL, Bytes.fromHex("%032x".formatted(number))),
                name,
                KeyAlgorithm.P256,
                null,
                List.of(chain),
                true,
                1,
                Purpose.DOCUMENT,
                Custody.OWNER_SEALED,
                Origin.EMBEDDED);
    }

    private static Bytes der(X509Certificate certificate) throws Exception {
        return Bytes.of(certificate.getEncoded());
    }

    private CertificateSync sync() {
        return new CertificateSync(store, folder, () -> state, clock);
    }

    private List<String> names() {
        return store.ours.stream().map(Entry::name).toList();
    }

    // what goes

    @ParameterizedTest
    @EnumSource(names = {"LOGGED_OUT", "REMOVED", "NOT_JOINED"})
    void withoutALoginNothingIsThere(SessionState gone) {
        sync().told(List.of(WORK, BRIEF));
        assertThat(store.ours).hasSize(2);
        state = gone;
        sync().look();
        assertThat(store.ours).isEmpty();
        assertThat(store.ourIssuers).isEmpty();
        // told just before it ended
        sync().told(List.of(WORK));
        assertThat(store.ours).isEmpty();
    }

    @Test
    void logoutTakesAllAwayAlsoWhenTheServerCannotBeTold() {
        sync().told(List.of(WORK));
        state = SessionState.UNREACHABLE;
        sync().clear();
        assertThat(store.ours).isEmpty();
        sync().look();
        assertThat(store.ours).isEmpty();
    }

    @Test
    void credentialThatTheServerListsNoMoreGoesWithItsIssuer() throws Exception {
        sync().told(List.of(WORK, BRIEF));
        sync().told(List.of(BRIEF));
        assertThat(names()).containsExactly("Custodian: Brief");
        assertThat(store.ourIssuers).containsExactly(der(OTHER_ISSUER));
        sync().told(List.of());
        assertThat(store.ours).isEmpty();
        assertThat(store.ourIssuers).isEmpty();
    }

    @Test
    void expiredOneGoesAlsoWithoutAServer() throws Exception {
        sync().told(List.of(WORK, BRIEF));
        state = SessionState.UNREACHABLE;
        clock = Clock.fixed(NOW.plus(Duration.ofDays(1)), ZoneOffset.UTC);
        sync().look();
        assertThat(names()).containsExactly("Custodian: Work");
        assertThat(store.ourIssuers).containsExactly(der(ISSUER));
        // and does not come back
        state = SessionState.LOGGED_IN;
        sync().told(List.of(WORK, BRIEF));
        assertThat(names()).containsExactly("Custodian: Work");
    }

    @Test
    void renewedCertificateTakesThePlaceOfTheOld() throws Exception {
        sync().told(List.of(WORK));
        var renewed = TestCredentials.certificate("L", "I", LATER.plus(Duration.ofDays(90)));
        sync().told(List.of(credential(1, "Work", renewed, ISSUER)));
        assertThat(store.ours)
                .containsExactly(new Entry(der(renewed), WORK.id().text(), "Custodian: Work"));
    }

    @Test
    void unsyncTakesAllOutOverRestartsUntilItIsWantedAgain() throws Exception {
        sync().told(List.of(WORK));
        sync().unsync();
        assertThat(store.ours).isEmpty();
        folder.close();
        open();
        sync().told(List.of(WORK));
        assertThat(store.ours).isEmpty();
        sync().want();
        sync().told(List.of(WORK));
        assertThat(store.ours).hasSize(1);
    }

    @Test
    void entryOfOursThatIsNoCertificateGoes() {
        store.ours.add(new Entry(Bytes.utf8("junk"), "cred_x", "Custodian: junk"));
        store.ourIssuers.add(Bytes.utf8("junk too"));
        sync().look();
        assertThat(store.ours).isEmpty();
        assertThat(store.ourIssuers).isEmpty();
    }

    // what others have

    @Test
    void whatSomebodyElsePutThereIsNeitherChangedNorRemoved() throws Exception {
        store.others.add(der(LEAF));
        store.others.add(der(ISSUER));
        sync().told(List.of(WORK, BRIEF));
        assertThat(names()).containsExactly("Custodian: Brief");
        state = SessionState.LOGGED_OUT;
        sync().look();
        assertThat(store.others).containsExactlyInAnyOrder(der(LEAF), der(ISSUER));
        assertThat(store.ours).isEmpty();
    }

    // what goes wrong

    @Test
    void storeThatFailsHindersNobodyAndIsMadeUpForLater() {
        store.broken = true;
        var sync = sync();
        sync.told(List.of(WORK));
        sync.look();
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(sync::unsync)
                .satisfies(refusal -> assertThat(refusal.detail()).contains("closed today"));
        store.broken = false;
        assertThat(store.ours).isEmpty();
        store.ours.add(new Entry(Bytes.utf8("left"), "cred_x", "Custodian: left"));
        sync.look();
        assertThat(store.ours).as("unsync was meant").isEmpty();
    }

    @Test
    void systemWithoutAStoreSaysSo() {
        var none = new CertificateSync(null, folder, () -> state, clock);
        none.told(List.of(WORK));
        none.look();
        none.clear();
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(none::unsync)
                .satisfies(refusal -> assertThat(refusal.kind()).isEqualTo(FailureKind.USAGE));
        assertThat(folder.isUnsynced()).isFalse();
    }

    // what is there

    @Test
    void certificateIsThereWithItsKeyAndIssuersButForTheRoot() throws Exception {
        sync().told(List.of(WORK, credential(3, "Bare")));
        assertThat(store.ours)
                .containsExactly(new Entry(der(LEAF), WORK.id().text(), "Custodian: Work"));
        assertThat(store.ourIssuers).containsExactly(der(ISSUER));
    }

    @Test
    void whatIsInStepIsLeftAlone() {
        sync().told(List.of(WORK, BRIEF));
        int before = store.changes;
        sync().told(List.of(WORK, BRIEF));
        sync().look();
        state = SessionState.UNREACHABLE;
        sync().look();
        assertThat(store.changes).isEqualTo(before);
    }

    @Test
    void noTwoHaveOneName() {
        var names =
                CertificateChanges.names(
                        List.of(
                                credential(1, "Ada", LEAF),
                                credential(2, "Ada", SHORT),
                                credential(3, "", ISSUER),
                                credential(4, "Bob\u202E", ROOT)));
        assertThat(names.values()).doesNotHaveDuplicates().hasSize(4);
        assertThat(names.values())
                .allSatisfy(name -> assertThat(name).startsWith("Custodian: "))
                .noneSatisfy(name -> assertThat(name).contains("\u202E"));
        var id = credential(1, "Ada").id().text();
        assertThat(names.get(id))
                .isEqualTo("Custodian: Ada (" + id.substring(id.length() - 6) + ")");
    }

    @Test
    void nameThatImitatesATailIsToldApartToo() {
        var id = credential(1, "Ada").id().text();
        var tail = " (" + id.substring(id.length() - 6) + ")";
        assertThat(
                        CertificateChanges.names(
                                        List.of(
                                                credential(1, "Ada", LEAF),
                                                credential(2, "Ada", SHORT),
                                                credential(3, "Ada" + tail, ISSUER)))
                                .values())
                .doesNotHaveDuplicates()
                .hasSize(3);
    }
}
