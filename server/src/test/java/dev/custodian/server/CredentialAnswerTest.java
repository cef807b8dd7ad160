package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What `info`, `credentials/list` and `credentials/info` say, as clients of others need it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CredentialAnswerTest {
    private TestServer server;
    private TestAgent agent;
    private Id p256;
    private Id rsa;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
        agent = server.enrol();
        p256 = server.credential(agent.owner(), KeyAlgorithm.P256);
        rsa = server.create(agent.owner(), KeyAlgorithm.RSA_2048).credential();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void infoIsTheSameByGetAndPostAndHasWhatClientsNeed() throws Exception {
        var info = agent.get("/csc/v2/info").body();
        assertThat(agent.post("/csc/v2/info", Map.of("lang", "de")).body()).isEqualTo(info);
        assertThat(info.path("specs").asString()).isEqualTo("2.2.0.0");
        for (var name :
                List.of(
                        "name",
                        "logo",
                        "region",
                        "lang",
                        "description",
                        "authType",
                        "methods",
                        "supportedHashTypes",
                        "conformance_levels")) {
            assertThat(info.has(name)).as(name).isTrue();
        }
        assertThat(info.path("signAlgorithms").path("algos").size()).isPositive();
        assertThat(info.path("signature_formats").has("formats")).isTrue();
        // no OAuth value among the ways to log in, so none of the OAuth members
        assertThat(info.path("authType").toString()).isEqualTo("[\"external\"]");
        assertThat(info.has("oauth2")).isFalse();
    }

    @Test
    void infoOfACredentialHasWhatClientsNeed() throws Exception {
        var answer =
                agent.csc(
                                "credentials/info",
                                Map.of(
                                        "credentialID",
                                        p256.text(),
                                        "certificates",
                                        "chain",
                                        "certInfo",
                                        true,
                                        "authInfo",
                                        true))
                        .body();
        assertThat(answer.path("key").path("status").asString()).isEqualTo("enabled");
        assertThat(answer.path("key").path("algo").isArray()).isTrue();
        assertThat(answer.path("key").path("len").asInt()).isEqualTo(256);
        assertThat(answer.path("key").path("curve").asString()).isEqualTo("1.2.840.10045.3.1.7");
        var cert = answer.path("cert");
        assertThat(cert.path("certificates").size()).isEqualTo(1);
        assertThat(cert.path("subjectDN").asString()).isEqualTo("CN=Ada Lovelace");
        assertThat(cert.path("issuerDN").asString()).isEqualTo("CN=Test CA");
        assertThat(cert.path("serialNumber").asString()).isEqualTo("7");
        assertThat(cert.path("validTo").asString()).matches("[0-9]{14}Z");
        assertThat(answer.path("auth").path("mode").asString()).isEqualTo("explicit");
        assertThat(answer.path("auth").path("expression").asString())
                .isEqualTo("DEVICE AND (SEALED OR CONSENT)");
        assertThat(answer.path("auth").path("objects").size()).isEqualTo(3);
        assertThat(answer.path("SCAL").asString()).isEqualTo("2");
        assertThat(answer.path("multisign").asInt()).isEqualTo(10);
        assertThat(answer.path("custodian").path("custody").asString()).isEqualTo("owner-sealed");
        assertThat(answer.path("custodian").path("origin").asString()).isEqualTo("embedded");
        assertThat(answer.path("custodian").path("purpose").asString()).isEqualTo("document");
    }

    @Test
    void keyWithoutCertificateIsDisabledAndAnRsaKeyHasNoCurve() throws Exception {
        var answer = agent.csc("credentials/info", Map.of("credentialID", rsa.text())).body();
        assertThat(answer.path("key").path("status").asString()).isEqualTo("disabled");
        assertThat(answer.path("key").has("curve")).isFalse();
        assertThat(answer.path("key").path("len").asInt()).isEqualTo(2048);
        assertThat(answer.path("cert").size()).isZero();
    }

    @Test
    void keyForCodeIsEnabledWithoutCertificate() throws Exception {
        var other = server.enrol();
        var code = server.create(other.owner(), KeyAlgorithm.P256, Purpose.CODE).credential();
        var answer = other.csc("credentials/info", Map.of("credentialID", code.text())).body();
        assertThat(answer.path("key").path("status").asString()).isEqualTo("enabled");
        assertThat(answer.path("cert").size()).isZero();
        assertThat(answer.path("custodian").path("spki").asString()).isNotEmpty();
    }

    @Test
    void certificatesComeAsAskedFor() throws Exception {
        var none = Map.of("credentialID", p256.text(), "certificates", "none");
        assertThat(agent.csc("credentials/info", none).body().path("cert").has("certificates"))
                .isFalse();
        var single = Map.of("credentialID", p256.text());
        assertThat(
                        agent.csc("credentials/info", single)
                                .body()
                                .path("cert")
                                .path("certificates")
                                .size())
                .isEqualTo(1);
    }

    @Test
    void listGivesIdsAndWhatIsAskedForBeside() throws Exception {
        var plain = agent.csc("credentials/list", Map.of()).body();
        assertThat(plain.path("credentialIDs").toString())
                .contains(p256.text())
                .contains(rsa.text());
        assertThat(plain.has("credentialInfos")).isFalse();
        assertThat(plain.has("onlyValid")).isFalse();

        var valid =
                agent.csc("credentials/list", Map.of("onlyValid", true, "credentialInfo", true))
                        .body();
        assertThat(valid.path("credentialIDs").toString()).isEqualTo("[\"" + p256.text() + "\"]");
        assertThat(valid.path("onlyValid").asBoolean()).isTrue();
        assertThat(valid.path("credentialInfos").path(0).path("credentialID").asString())
                .isEqualTo(p256.text());
    }

    @Test
    void listHasPages() throws Exception {
        var ids = new ArrayList<String>();
        var body = new java.util.HashMap<String, Object>(Map.of("maxResults", 1));
        var page = agent.csc("credentials/list", body).body();
        ids.add(page.path("credentialIDs").path(0).asString());
        body.put("pageToken", page.path("nextPageToken").asString());
        var last = agent.csc("credentials/list", body).body();
        ids.add(last.path("credentialIDs").path(0).asString());
        assertThat(ids).containsExactlyInAnyOrder(p256.text(), rsa.text());
        assertThat(last.has("nextPageToken")).isFalse();
    }

    @Test
    void healthIsToldToAnybody() throws Exception {
        assertThat(server.foundation.keys().toString()).isEqualTo("KeyFiles");
        assertThat(agent.status("/livez")).isEqualTo(200);
        assertThat(agent.status("/readyz")).isEqualTo(200);
        assertThat(agent.status("/logo.png")).isEqualTo(200);
    }
}
