package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.client.HardwareEvidence;
import dev.custodian.client.PinnedServer;
import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.Authority;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.json.Json;
import dev.custodian.it.Installation;
import dev.custodian.it.OwnerDevice;
import dev.custodian.it.Serving;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shipped server asks devices for proof that their key is in a TPM, and a credential that
/// demands such a key is opened to none other. The TPMs are simulated by swtpm, whose set-up plays
/// the maker.
class ProofIT {
    private static final String WITHDRAWN = ",\"withdrawn\":\"2026-11-02T00:00:00Z\"";
    private static final Bytes DIGEST = Hashes.sha256(Bytes.utf8("a letter"));

    @TempDir Path folder;

    private Installation installation;
    private Serving server;
    private SwtpmMaker maker;
    private Swtpm swtpm;
    private TpmSigner key;

    @BeforeEach
    void start() throws Exception {
        maker = new SwtpmMaker(folder.resolve("maker"));
        swtpm = tpm(maker, "one");
        key = TpmSigner.in(swtpm);
        installation = Installation.in(folder);
        trust(maker, "");
        installation.configure("# tpm_roots", "tpm_roots");
        server = installation.serve();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        key.close();
        swtpm.close();
    }

    private Swtpm tpm(SwtpmMaker by, String name) throws Exception {
        by.make(folder.resolve(name));
        return Swtpm.start(folder.resolve(name));
    }

    /// Has the operator trust a maker.
    ///
    /// @param more of the root's line in the manifest
    /// @param withdrawn whom nobody trusts any more
    private void trust(SwtpmMaker trusted, String more, X509Certificate... withdrawn)
            throws Exception {
        var from = Files.createTempDirectory(folder, "trust");
        var lines =
                Stream.concat(
                        trusted.authorities().stream().map(one -> line(from, one, more)),
                        Arrays.stream(withdrawn)
                                .map(
                                        one ->
                                                line(
                                                        from,
                                                        new Authority("a", "b", one, false, true),
                                                        "")));
        Files.writeString(
                from.resolve("manifest.json"),
                "{\"version\":1,\"updated\":\"%s\",\"authorities\":[%s]}"
                        .formatted(
                                more.isEmpty() && withdrawn.length == 0
                                        ? "2026-11-01T00:00:00Z"
                                        : "2026-11-02T00:00:00Z",
                                lines.collect(Collectors.joining(","))));
        installation.command("trust", "import", from.toString());
    }

    private static String line(Path from, Authority authority, String more) {
        try {
            var der = Bytes.of(authority.certificate().getEncoded());
            var hash = Hashes.sha256(der).hex();
            var text =
                    "-----BEGIN CERTIFICATE-----\n"
                            + Base64.getMimeEncoder().encodeToString(der.toArray())
                            + "\n-----END CERTIFICATE-----\n";
            Files.writeString(from.resolve(hash + ".pem"), text);
            return """
            {"name":"%s","vendor":"swtpm","kind":"%s","sha256":"%s","source":"this test",
             "added":"2026-10-01T00:00:00Z"%s}\
            """
                    .formatted(
                            authority.name(),
                            authority.root() ? "root" : "intermediate",
                            hash,
                            authority.withdrawn() ? WITHDRAWN : authority.root() ? more : "");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private OwnerDevice enrol(String name, TpmSigner signer) throws Exception {
        return OwnerDevice.enrol(
                installation.invite(server.url()), folder.resolve(name + "-of-owner"), signer);
    }

    /// A credential whose policy demands a key that is proved to be in hardware.
    private Id strict(Id owner) throws Exception {
        return installation
                .credentials(
                        List.of("--level", "bound_hardware"),
                        Custody.OWNER_SEALED,
                        Purpose.DOCUMENT,
                        owner,
                        "P-256")
                .getFirst()
                .id();
    }

    private static void refused(FailureKind kind, String sentence, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.kind()).as(refused.getMessage()).isEqualTo(kind);
                            assertThat(refused.detail()).contains(sentence);
                        });
    }

    private String verdict(OwnerDevice device) throws Exception {
        for (var item : installation.command("device", "list").items("devices")) {
            var members = Json.members(item, "a device");
            if (members.text("owner").equals(device.owner().text())) {
                return members.text("verdict");
            }
        }
        return "";
    }

    @Test
    void provedTpmOpensWhatDemandsHardwareAndAnUnprovedOneDoesNot() throws Exception {
        var invitation = installation.invite(server.url());
        try (var met =
                PinnedServer.meet(invitation.base(), invitation.thumbprint(), Clock.systemUTC())) {
            assertThat(met.wantsProof()).as("said before anything").containsExactly(ProofKind.TPM);
        }
        var device = enrol("device", key);
        var credential = strict(device.owner());
        assertThat(verdict(device)).isEqualTo("HARDWARE_CLAIMED");
        try (var session = device.session()) {
            refused(
                    FailureKind.POLICY_REFUSED,
                    "This device's key is not proved to be in hardware",
                    () -> device.sign(session, credential, OwnerDevice.PIN, DIGEST));
            session.prove(key.evidence(0));
            assertThat(device.sign(session, credential, OwnerDevice.PIN, DIGEST).level())
                    .isEqualTo(Level.BOUND_HARDWARE);
            // an endorsement key of another kind, and once more
            session.prove(key.evidence(1));
            session.prove(key.evidence(1));
        }
        assertThat(verdict(device)).isEqualTo("HARDWARE_PROVED");
        assertNoCertificateIsKept();
    }

    /// Nothing of the TPM's certificate is in the database: neither it nor the key in it.
    private void assertNoCertificateIsKept() throws Exception {
        var octets = new StringBuilder();
        for (var file : List.of("custodian.db", "custodian.db-wal")) {
            var path = installation.database().resolveSibling(file);
            if (Files.exists(path)) {
                octets.append(Bytes.of(Files.readAllBytes(path)).hex());
            }
        }
        var spki = Bytes.of(key.publicKey().getEncoded());
        assertThat(octets).as("the device's own key is there").contains(spki.hex());
        for (var certificate : key.certificates()) {
            var ek = Bytes.of(certificate.getPublicKey().getEncoded());
            assertThat(octets)
                    .doesNotContain(Bytes.of(certificate.getEncoded()).hex())
                    .doesNotContain(ek.hex())
                    .doesNotContain(Hashes.sha256(ek).hex());
        }
    }

    /// Its owner has the session, and tries with what is at hand.
    @Test
    void othersTpmsAndQuestionsProveNothing() throws Exception {
        var device = enrol("device", key);
        var strangers = new SwtpmMaker(folder.resolve("strangers"));
        try (var session = device.session();
                var stranger = tpm(strangers, "stranger");
                var strangerKey = TpmSigner.in(stranger);
                var second = tpm(maker, "second");
                var secondKey = TpmSigner.in(second)) {
            refused(
                    FailureKind.HARDWARE_NOT_PROVED,
                    "Nobody who is trusted here vouches for the TPM.",
                    () -> session.prove(strangerKey.evidence(0)));
            refused(
                    FailureKind.HARDWARE_NOT_PROVED,
                    "It is about another key than this device's.",
                    () -> session.prove(secondKey.evidence(0)));
            // this one's certificate with an answer that another TPM gave to another question
            var other = enrol("second", secondKey);
            var heard = new Heard(secondKey.evidence(0));
            try (var theirs = other.session()) {
                theirs.prove(heard);
            }
            refused(
                    FailureKind.HARDWARE_NOT_PROVED,
                    "The answer is not of the TPM that was asked",
                    () -> session.prove(new Borrowed(key.evidence(0), heard.answer)));
            assertThat(verdict(device)).isEqualTo("HARDWARE_CLAIMED");
            session.prove(key.evidence(0));
            assertThat(verdict(device)).isEqualTo("HARDWARE_PROVED");
        }
    }

    /// Keeps what a TPM answers.
    private static final class Heard implements HardwareEvidence.Tpm {
        private final HardwareEvidence.Tpm tpm;
        private Bytes answer = Bytes.EMPTY;

        Heard(HardwareEvidence.Tpm tpm) {
            this.tpm = tpm;
        }

        @Override
        public Bytes claim() throws Refused {
            return tpm.claim();
        }

        @Override
        public Bytes answer(Bytes challenge) throws Refused {
            answer = tpm.answer(challenge);
            return answer;
        }
    }

    /// One TPM's certificate, another's answer.
    private record Borrowed(HardwareEvidence.Tpm tpm, Bytes heard) implements HardwareEvidence.Tpm {
        @Override
        public Bytes claim() throws Refused {
            return tpm.claim();
        }

        @Override
        public Bytes answer(Bytes challenge) {
            return heard;
        }
    }

    /// The attacker has the whole database, writes into it, and proves a device of his own.
    @Test
    void rowCopiedInTheDatabasePromotesNoDevice() throws Exception {
        var device = enrol("device", key);
        try (var second = tpm(maker, "second");
                var secondKey = TpmSigner.in(second)) {
            var other = enrol("second", secondKey);
            try (var session = other.session()) {
                session.prove(secondKey.evidence(0));
            }
            sql(
                    """
                    INSERT INTO device_proof(device, kind, pepper, mark, vouchers, proved, mac)
                      SELECT d.id, p.kind, p.pepper, p.mark, p.vouchers, p.proved, p.mac
                      FROM device_proof p, device d WHERE d.owner = '%s'\
                    """
                            .formatted(device.owner().text()));
        }
        sql("UPDATE device SET verdict = 'HARDWARE_CLAIMED'");
        assertThat(verdict(device)).isEqualTo("HARDWARE_CLAIMED");
        var credential = strict(device.owner());
        try (var session = device.session()) {
            refused(
                    FailureKind.TAMPERED,
                    "",
                    () -> device.sign(session, credential, OwnerDevice.PIN, DIGEST));
            session.prove(key.evidence(0));
            assertThat(device.sign(session, credential, OwnerDevice.PIN, DIGEST).level())
                    .isEqualTo(Level.BOUND_HARDWARE);
        }
    }

    private void sql(String statement) throws Exception {
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + installation.database());
                var writing = connection.createStatement()) {
            assertThat(writing.executeUpdate(statement)).isPositive();
        }
    }

    @Test
    void withdrawnRootEndsWhatRestedOnItAfterARestart() throws Exception {
        var device = enrol("device", key);
        var credential = strict(device.owner());
        try (var session = device.session()) {
            session.prove(key.evidence(0));
            assertThat(device.sign(session, credential, OwnerDevice.PIN, DIGEST).level())
                    .isEqualTo(Level.BOUND_HARDWARE);
        }
        server.close();
        trust(maker, WITHDRAWN);
        server = installation.serve();
        assertThat(verdict(device)).isEqualTo("HARDWARE_CLAIMED");
        try (var session = device.session()) {
            assertThat(session.wantsProof()).isEmpty();
            refused(
                    FailureKind.POLICY_REFUSED,
                    "who vouched for it is no longer trusted",
                    () ->
                            device.sign(
                                    session,
                                    credential,
                                    OwnerDevice.PIN,
                                    Hashes.sha256(Bytes.utf8("another letter"))));
        }
    }

    /// A TPM that was stolen, say: the folder did not name it when it was proved.
    @Test
    void oneTpmIsWithdrawnAloneAndTheOthersGoOn() throws Exception {
        var device = enrol("device", key);
        try (var second = tpm(maker, "second");
                var secondKey = TpmSigner.in(second)) {
            var other = enrol("second", secondKey);
            try (var session = device.session();
                    var theirs = other.session()) {
                session.prove(key.evidence(0));
                theirs.prove(secondKey.evidence(0));
            }
            server.close();
            trust(maker, "", key.certificates().getFirst());
            server = installation.serve();
            assertThat(verdict(device)).isEqualTo("HARDWARE_CLAIMED");
            assertThat(verdict(other)).isEqualTo("HARDWARE_PROVED");
            try (var session = device.session()) {
                refused(
                        FailureKind.HARDWARE_NOT_PROVED,
                        "Who vouches for the TPM is no longer trusted here.",
                        () -> session.prove(key.evidence(0)));
            }
        }
    }
}
