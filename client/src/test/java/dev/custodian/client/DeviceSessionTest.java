package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import java.net.http.HttpHeaders;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceSessionTest {
    private static final String LIST = "/csc/v2/credentials/list";

    @TempDir Path scratch;

    private FakeServer server;
    private Pairing pairing;

    @BeforeEach
    void pair() throws Exception {
        server = new FakeServer();
        pairing = new Pairing(server, scratch);
    }

    @AfterEach
    void close() {
        pairing.close();
    }

    @Test
    void oneTokenServesManyCalls() throws Exception {
        list();
        list();

        assertThat(server.behind.tokens.logins).isEqualTo(1);
    }

    @Test
    void newNonceOfTheServerIsTakenUp() throws Exception {
        list();
        server.behind.dpopNonce = "nonce-2";

        assertThat(list()).hasSize(2);
        assertThat(server.behind.tokens.logins).isEqualTo(1);
    }

    @Test
    void forgottenTokenIsRenewedOnce() throws Exception {
        list();
        server.behind.tokens.forget();

        assertThat(list()).hasSize(2);
        assertThat(server.behind.tokens.logins).isEqualTo(1);
        assertThat(server.behind.tokens.refreshes).isEqualTo(1);
    }

    @Test
    void refusedTokenIsNotAskedForWithoutEnd() {
        server.mishaps.put(LIST, List.of(401, 401, 401, 401));

        refused(FailureKind.NOT_AUTHENTICATED, "", this::list);
        assertThat(server.asked).filteredOn(LIST::equals).hasSize(2);
    }

    @Test
    void tokenThatIsBoundToNothingIsRefused() {
        server.lies.put("/oauth2/token", answer -> answer.put("token_type", "Bearer"));

        refused(FailureKind.PROTOCOL_BROKEN, "bound to no key", this::list);
    }

    @Test
    void errorThatIsNotJsonIsAnErrorStill() {
        server.mishaps.put(LIST, List.of(400));
        refused(
                FailureKind.MALFORMED_REQUEST,
                "credentials/list was answered with HTTP 400",
                this::list);

        server.mishaps.put(LIST, List.of(500));
        refused(FailureKind.INTERNAL, "HTTP 500", this::list);
    }

    @Test
    void successThatIsNotJsonIsRefused() {
        server.mishaps.put(LIST, List.of(200));

        refused(FailureKind.PROTOCOL_BROKEN, "credentialIDs is not an array", this::list);
    }

    @Test
    void credentialsAreListedWithWhatTheServerSaysOfThem() throws Exception {
        var credentials = list();

        assertThat(credentials)
                .extracting(Credential::id)
                .containsExactly(server.behind.rsa, server.behind.ec);
        assertThat(credentials)
                .extracting(Credential::algorithm)
                .containsExactly(KeyAlgorithm.RSA_2048, KeyAlgorithm.P256);
        assertThat(credentials)
                .allSatisfy(
                        credential -> {
                            assertThat(credential.custody()).isEqualTo(Custody.OWNER_SEALED);
                            assertThat(credential.origin()).isEqualTo(Origin.IMPORTED);
                            assertThat(credential.purpose()).isEqualTo(Purpose.DOCUMENT);
                            assertThat(credential.enabled()).isTrue();
                            assertThat(credential.multisign()).isEqualTo(4000);
                        });
    }

    @Test
    void nullsAndIdsWithoutInfosAreFine() throws Exception {
        server.lies.put(
                LIST,
                answer -> {
                    answer.putNull("credentialInfos").put("unknown", 1.5);
                    return answer;
                });
        server.lies.put(
                "/csc/v2/credentials/info",
                answer -> {
                    answer.putNull("multisign").putNull("custodian").putNull("cert");
                    return answer;
                });

        assertThat(list())
                .hasSize(2)
                .allSatisfy(
                        credential -> {
                            assertThat(credential.chain()).isEmpty();
                            assertThat(credential.custody())
                                    .as("the weaker promise")
                                    .isEqualTo(Custody.MANAGED);
                            assertThat(credential.origin()).isEqualTo(Origin.EMBEDDED);
                            assertThat(credential.multisign()).isEqualTo(1);
                            refused(FailureKind.CREDENTIAL_DISABLED, "", credential::certificate);
                        });
    }

    @Test
    void damagedCertificateIsRefused() {
        server.lies.put(
                LIST,
                answer -> {
                    answer.withObject("/credentialInfos/0/cert")
                            .putArray("certificates")
                            .add("AAAA");
                    return answer;
                });

        refused(FailureKind.PROTOCOL_BROKEN, "certificates", this::list);
    }

    @Test
    void textOfTheServerCannotSteerATerminal() {
        assertThat(Answer.clean("a\u001b[2Jb\u202ec\n" + "x".repeat(400)))
                .startsWith("a [2Jb c")
                .hasSizeLessThan(310);
    }

    @Test
    void nothingThatHoldsATokenPrintsIt() {
        var reply =
                new Reply(
                        200,
                        HttpHeaders.of(Map.of(), (_, _) -> true),
                        Bytes.utf8("{\"t\":\"token-1\"}"),
                        Bytes.EMPTY,
                        false);
        assertThat(reply.toString() + Answer.of("x", reply) + Answer.of("x", reply).body())
                .doesNotContain("token-1");
        assertThat(pairing.device).hasToString("EphemeralKey");
    }

    private List<Credential> list() throws Exception {
        return new Credentials(pairing.session).list();
    }
}
