package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.client.DeviceSession.State;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server binds tokens to the device key by TLS (RFC 8705): what is shown to whom, and what a
/// thief, a liar and a man in the middle have of it.
class MutualTlsTest {
    private static final String LIST = "/csc/v2/credentials/list";
    private static final String TOKEN = "/oauth2/token";

    @TempDir Path scratch;

    private FakeServer server;
    private Pairing pairing;
    private TlsDevice device;
    private TestClock clock;
    private DeviceSession session;

    @BeforeEach
    void pair() throws Exception {
        Security.addProvider(TlsDevice.PROVIDER);
        server = new FakeServer();
        pairing = new Pairing(server, scratch);
        device = new TlsDevice();
        server.behind.adopt(device.publicKey());
        clock = new TestClock();
        server.clock = clock;
        server.bind(Binding.TLS);
        session = session(device, null);
    }

    @AfterEach
    void close() {
        session.close();
        pairing.close();
        Security.removeProvider(TlsDevice.PROVIDER.getName());
    }

    private DeviceSession session(DeviceSigner with, @Nullable SessionFile file) throws Refused {
        var known = pairing.memory.now();
        var pinned = PinnedServer.meet(known.server(), known.thumbprint(), clock);
        return new DeviceSession(
                pinned, pairing.memory, with, new SecureRandom(), Pairing.FEW, file);
    }

    private List<Credential> list() throws Refused {
        return list(session);
    }

    private static List<Credential> list(DeviceSession session) throws Refused {
        return new Credentials(session).list();
    }

    private FakeTokens tokens() {
        return server.behind.tokens;
    }

    private Path loggedIn() throws Exception {
        var file = scratch.resolve("session");
        try (var first = session(device, SessionFile.at(file))) {
            first.login();
            list(first);
        }
        return file;
    }

    private static String text(Bytes body) {
        return new String(body.toArray(), StandardCharsets.UTF_8);
    }

    private static boolean isForm(String body) {
        return body.contains("grant_type");
    }

    private void assertNothingShown() {
        assertThat(server.shown).isEmpty();
        assertThat(device.signatures).hasValue(0);
    }

    // thieves

    @Test
    void copiedFileIsWorthNothingWithoutTheDeviceKey() throws Exception {
        var file = loggedIn();
        var copy = Files.copy(file, scratch.resolve("copy"));
        var other = new TlsDevice();
        try (var thief = session(other, SessionFile.at(copy))) {
            refused(FailureKind.NOT_AUTHENTICATED, "", () -> list(thief));
        }
        assertThat(server.shown).contains(other.keyHash());
        try (var again = session(device, SessionFile.at(file))) {
            assertThat(list(again)).as("and hurts nobody").hasSize(2);
            assertThat(tokens().logins).isEqualTo(1);
        }
    }

    @Test
    void certificateInTheFileThatIsOfAnotherKeyIsNotShown() throws Exception {
        var other = new TlsDevice();
        var file = scratch.resolve("session");
        SessionFile.at(file)
                .keep(
                        new SessionFile.Kept(
                                "",
                                Instant.EPOCH,
                                Binding.TLS,
                                Bytes.of(other.certify().getEncoded())));
        try (var mine = session(device, SessionFile.at(file))) {
            mine.login();
            assertThat(list(mine)).hasSize(2);
        }
        assertThat(server.shown).containsOnly(device.keyHash());
    }

    @Test
    void damagedCertificateInTheFileIsMadeAnew() throws Exception {
        var file = scratch.resolve("session");
        SessionFile.at(file)
                .keep(new SessionFile.Kept("", Instant.EPOCH, Binding.TLS, Bytes.utf8("x")));
        try (var mine = session(device, SessionFile.at(file))) {
            mine.login();
        }
        assertThat(device.certificates).hasValue(1);
    }

    // who sees the certificate

    /// Everyone may ask who the server is, and everyone may answer: whoever asks shows nothing.
    @Test
    void nothingIsShownBeforeTheIdentityIsKnown() throws Exception {
        assertThat(server.asked).contains("/identity");
        assertNothingShown();
        list();
        assertThat(server.shown).contains(device.keyHash());
    }

    @Test
    void impostorWhoSaysTlsSeesNoCertificate() {
        var impostor = FakeServer.newKey();
        server.statedIdentity = impostor;
        server.statementSigner = impostor;
        refused(FailureKind.IDENTITY_CHANGED, "you paired with", () -> session(device, null));
        assertNothingShown();
    }

    /// He has his own TLS key, and repeats what the server says of itself.
    @Test
    void manInTheMiddleSeesNoCertificateAtFirstContact() {
        server.tlsAlias = "tls2";
        for (var word : List.of("tls", "dpop")) {
            server.binding = word;
            refused(
                    FailureKind.TLS_NOT_VOUCHED,
                    "not among those that its identity names",
                    () -> session(device, null));
        }
        assertNothingShown();
    }

    @Test
    void manInTheMiddleOfASessionSeesNoCertificate() {
        server.tlsAlias = "tls2";
        server.asked.clear();
        for (var word : List.of("tls", "dpop")) {
            server.binding = word;
            refused(FailureKind.TLS_NOT_VOUCHED, "", this::list);
        }
        assertThat(server.asked).containsOnly("/identity");
        assertThat(server.shown).isEmpty();
        assertThat(device.signatures).as("the certificate alone").hasValue(1);
    }

    /// The certificate that the identity vouches for is no secret: its key is.
    @Test
    void serverThatHasNotTheKeyOfItsCertificateSeesNone() {
        server.otherKey = "tls2";
        refused(FailureKind.SERVER_UNREACHABLE, "No TLS connection", this::list);
        assertThat(server.shown).isEmpty();
        assertThat(device.signatures).as("the certificate alone").hasValue(1);
    }

    /// There, certificates go over the wire in clear.
    @Test
    void olderTlsIsRefusedBeforeACertificateIsShown() {
        server.version = "TLSv1.2";
        refused(FailureKind.SERVER_UNREACHABLE, "No TLS connection", this::list);
        assertThat(server.shown).isEmpty();
        assertThat(device.signatures).as("the certificate alone").hasValue(1);
    }

    @Test
    void serverThatBindsByProofsIsShownNothingThoughItAsks() throws Exception {
        server.bind(Binding.DPOP);
        server.asks = true;
        try (var other = session(device, null)) {
            assertThat(list(other)).hasSize(2);
        }
        assertThat(server.shown).isEmpty();
    }

    // liars

    @Test
    void loginThatTlsBoundIsNotToldToAServerThatSaysDpop() throws Exception {
        var file = loggedIn();
        var token = SessionFile.at(file).now().refresh();
        server.bodies.clear();
        server.bind(Binding.DPOP);
        try (var later = session(device, SessionFile.at(file))) {
            refused(FailureKind.NOT_AUTHENTICATED, "does so no more", () -> list(later));
            assertThat(server.bodies).noneMatch(body -> text(body).contains(token));
            assertThat(later.status().state()).isEqualTo(State.MUST_LOG_IN);

            later.login();
            assertThat(list(later)).as("as the person says").hasSize(2);
        }
    }

    @Test
    void neitherTokenIsToldToAServerThatChangesItsMindInASession() throws Exception {
        list();
        server.bodies.clear();
        server.bind(Binding.DPOP);
        refused(FailureKind.NOT_AUTHENTICATED, "does so no more", this::list);
        assertThat(server.bodies)
                .as("once to the server that had said tls, over its connection")
                .filteredOn(body -> text(body).contains("refresh-"))
                .hasSize(1);
        session.login();
        assertThat(list()).hasSize(2);
    }

    /// As when it was started anew with another configuration.
    @Test
    void serverThatChangesItsMindBeforeTheLoginIsAskedAgain() throws Exception {
        server.bind(Binding.DPOP);
        assertThat(list()).hasSize(2);
        assertThat(server.shown).isEmpty();
    }

    @Test
    void loginByProofsGoesOnWhenTheServerBindsByTls() throws Exception {
        server.bind(Binding.DPOP);
        var file = scratch.resolve("session");
        try (var mine = session(device, SessionFile.at(file))) {
            mine.login();
            list(mine);
            server.bind(Binding.TLS);
            server.hangsUp = true;
            assertThat(list(mine)).hasSize(2);
        }
        assertThat(tokens().logins).isEqualTo(1);
        assertThat(SessionFile.at(file).now().binding()).isEqualTo(Binding.TLS);
    }

    @Test
    void tokenOfTheOtherKindIsRefused() {
        server.lies.put(TOKEN, answer -> answer.put("token_type", "DPoP"));
        refused(FailureKind.PROTOCOL_BROKEN, "bound to no key", this::list);
    }

    @Test
    void bindingThatNobodyKnowsIsRefused() {
        server.binding = "cookie";
        refused(FailureKind.PROTOCOL_BROKEN, "does not know", () -> session(device, null));
    }

    @Test
    void serverThatSaysTlsAndAsksForNoCertificateIsNamed() {
        server.asks = false;
        refused(FailureKind.PROTOCOL_BROKEN, "nothing may end TLS before", this::list);
        assertThat(session.status().state()).isEqualTo(State.MUST_LOG_IN);
    }

    // the device key

    @Test
    void keyThatDoesNotSignSaysWhyAndIsAskedOnce() {
        device.refusal = TlsDevice.no();
        refused(FailureKind.KEY_SEALED, "The card was pulled.", this::list);
        assertThat(server.asked).doesNotContain(TOKEN);

        device.refusal = null;
        assertThat(server.shown).isEmpty();
    }

    @Test
    void keyThatSignsAgainGoesOn() throws Exception {
        device.refusal = TlsDevice.no();
        refused(FailureKind.KEY_SEALED, "", this::list);
        device.refusal = null;
        assertThat(list()).hasSize(2);
    }

    @Test
    void keyThatIsNotForTlsIsRefused() throws Exception {
        try (var other = session(pairing.device, null)) {
            refused(FailureKind.PROTOCOL_BROKEN, "does not offer", () -> list(other));
        }
    }

    @Test
    void oneSignatureOpensAConnectionAndNoneResumesIt() throws Exception {
        server.hangsUp = true;
        for (int i = 0; i < 4; i++) {
            assertThat(list()).hasSize(2);
        }
        clock.pass(Duration.ofMinutes(11));
        assertThat(list()).as("a refresh, too").hasSize(2);
        assertThat(tokens().refreshes).isEqualTo(1);
        assertThat(server.asked).filteredOn(LIST::equals).hasSize(5);
        assertThat(device.certificates).hasValue(1);
        assertThat(device.signatures).as("and the certificate").hasValue(2);
        assertThat(server.shown).hasSize(1);
    }

    @Test
    void certificateIsKeptWithTheLogin() throws Exception {
        var file = loggedIn();
        device.signatures.set(0);
        for (int i = 1; i <= 3; i++) {
            try (var next = session(device, SessionFile.at(file))) {
                assertThat(list(next)).hasSize(2);
            }
            assertThat(device.signatures).as("one each, for the connection").hasValue(i);
        }
        try (var last = session(device, SessionFile.at(file))) {
            last.logout();
            last.login();
            assertThat(list(last)).hasSize(2);
        }
        assertThat(device.certificates).hasValue(1);
    }

    @Test
    void signingNeedsTheKeyOncePerApproval() throws Exception {
        pairing.session.close();
        pairing.session = session(device, null);
        list(pairing.session);
        device.signatures.set(0);
        assertThat(pairing.sign(Scheme.ECDSA_SHA256, "one").signatures()).hasSize(1);
        assertThat(device.signatures).hasValue(1);
    }

    @Test
    void noProofTravels() throws Exception {
        list();
        var form = server.bodies.stream().map(MutualTlsTest::text).filter(MutualTlsTest::isForm);
        assertThat(form.toList())
                .singleElement()
                .asString()
                .contains(
                        "grant_type=client_credentials",
                        "client_id=" + pairing.memory.now().device().text())
                .doesNotContain("assertion");
        refused(
                FailureKind.PROTOCOL_BROKEN,
                "this device's key alone",
                () -> session.headers("credentials/list"));
    }

    @Test
    void fileFromBeforeIsALoginByProofs() throws Exception {
        server.bind(Binding.DPOP);
        var file = loggedIn();
        assertThat(Files.readString(file, StandardCharsets.UTF_8))
                .doesNotContain("binding", "certificate");
        assertThat(SessionFile.at(file).now().binding()).isEqualTo(Binding.DPOP);
    }
}
