package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The API's errors, word for word: each is one change of a request that is accepted.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ErrorTextTest {
    private static final String ES256 = Scheme.ECDSA_SHA256.combinedOid();
    private static final String SHA256 = "2.16.840.1.101.3.4.2.1";
    private static final String SHA384 = "2.16.840.1.101.3.4.2.2";
    private static final String DIGEST = "A".repeat(43) + "=";
    private static final String PSS_SHA1_DEFAULTS = "MAA=";
    private static final String PSS_SHA256 =
            "MDSgDzANBglghkgBZQMEAgEFAKEcMBoGCSqGSIb3DQEBCDANBglghkgBZQMEAgEFAKIDAgEg";

    private TestServer server;
    private TestAgent agent;
    private Id credential;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
        agent = server.enrol();
        credential = server.credential(agent.owner(), KeyAlgorithm.P256);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String missing(String type, String name) {
        return "Missing (or invalid type) " + type + " parameter " + name;
    }

    /// One change; null takes the member out.
    private static Arguments row(String method, String name, Object value, String expected) {
        return Arguments.of(method, name, value, expected);
    }

    private static final Object ABSENT = List.of("absent");

    static Stream<Arguments> rows() {
        var info = "credentials/info";
        var list = "credentials/list";
        var challenge = "credentials/getChallenge";
        var authorize = "credentials/authorize";
        var sign = "signatures/signHash";
        return Stream.of(
                row(list, "userID", "me", "userID parameter MUST be null"),
                row(list, "certificates", "all", "Invalid parameter certificates"),
                row(list, "certificates", 1, "Invalid parameter certificates"),
                row(list, "pageToken", "x", "Invalid parameter pageToken"),
                row(list, "maxResults", 0, "Invalid parameter maxResults"),
                row(list, "clientData", 5, "Invalid parameter clientData"),
                row(list, "onlyValid", "yes", missing("boolean", "onlyValid")),
                row(info, "credentialID", ABSENT, missing("string", "credentialID")),
                row(info, "credentialID", 7, missing("string", "credentialID")),
                row(info, "credentialID", "x", "Invalid parameter credentialID"),
                row(info, "certificates", "all", "Invalid parameter certificates"),
                row(challenge, "credentialID", ABSENT, missing("string", "credentialID")),
                row(challenge, "authObjectID", ABSENT, missing("string", "authObjectID")),
                row(challenge, "authObjectID", "PIN", "Invalid parameter authObjectID"),
                row(authorize, "credentialID", ABSENT, missing("string", "credentialID")),
                row(authorize, "numSignatures", ABSENT, missing("integer", "numSignatures")),
                row(authorize, "numSignatures", "1", missing("integer", "numSignatures")),
                row(authorize, "numSignatures", 1.5, missing("integer", "numSignatures")),
                row(authorize, "numSignatures", 0, "Invalid value for parameter numSignatures"),
                row(authorize, "numSignatures", -4, "Invalid value for parameter numSignatures"),
                row(authorize, "numSignatures", 11, "Numbers of signatures is too high"),
                row(
                        authorize,
                        "numSignatures",
                        new java.math.BigInteger("9".repeat(40)),
                        "Numbers of signatures is too high"),
                row(authorize, "hashes", ABSENT, missing("array", "hash")),
                row(authorize, "hashes", DIGEST, missing("array", "hash")),
                row(authorize, "hashes", List.of(), "Empty hash array"),
                row(authorize, "hashes", List.of(1), "Invalid Base64 hash string parameter"),
                row(authorize, "hashes", List.of("*"), "Invalid Base64 hash string parameter"),
                row(authorize, "hashes", List.of(""), "Invalid Base64 hash string parameter"),
                row(authorize, "hashes", List.of("AAAA"), "Invalid digest value length"),
                row(authorize, "hashAlgorithmOID", 1, missing("string", "hashAlgorithmOID")),
                row(
                        authorize,
                        "hashAlgorithmOID",
                        "1.3.14.3.2.26",
                        "Invalid parameter hashAlgorithmOID"),
                row(authorize, "hashAlgorithmOID", SHA384, "Invalid digest value length"),
                row(authorize, "authData", ABSENT, missing("array", "authData")),
                row(authorize, "authData", "x", missing("array", "authData")),
                row(authorize, "authData", List.of(), "The authentication data is invalid"),
                row(
                        authorize,
                        "authData",
                        List.of(Map.of("id", "PIN", "value", "1")),
                        "The authentication data is invalid"),
                row(authorize, "clientData", 5, "Invalid parameter clientData"),
                row(sign, "credentialID", ABSENT, missing("string", "credentialID")),
                row(sign, "credentialID", "x", "Invalid parameter credentialID"),
                row(sign, "SAD", ABSENT, missing("string", "SAD")),
                row(sign, "SAD", List.of(), missing("string", "SAD")),
                row(sign, "SAD", "x", "Invalid parameter SAD"),
                row(sign, "hashes", ABSENT, missing("array", "hash")),
                row(sign, "hashes", List.of(), "Empty hash array"),
                row(sign, "hashes", List.of("AA A"), "Invalid Base64 hash string parameter"),
                row(sign, "hashes", List.of("AAAA"), "Invalid digest value length"),
                row(sign, "hashes", List.of(DIGEST), "Hash is not authorized by the SAD"),
                row(sign, "signAlgo", ABSENT, missing("string", "signAlgo")),
                row(sign, "signAlgo", 5, missing("string", "signAlgo")),
                row(sign, "signAlgo", "1.2.3", "Invalid parameter signAlgo"),
                row(sign, "signAlgo", "1.2.840.113549.1.1.5", "Invalid parameter signAlgo"),
                row(
                        sign,
                        "signAlgo",
                        Scheme.RSA_PKCS1_SHA256.combinedOid(),
                        "Invalid parameter signAlgo"),
                row(sign, "signAlgo", Scheme.RSASSA_PSS, missing("string", "signAlgoParams")),
                row(sign, "signAlgo", Scheme.EC_PUBLIC_KEY, missing("string", "hashAlgorithmOID")),
                row(sign, "signAlgoParams", PSS_SHA256, "Invalid parameter signAlgoParams"),
                row(sign, "hashAlgorithmOID", "1.2", "Invalid parameter hashAlgorithmOID"),
                row(
                        sign,
                        "hashAlgorithmOID",
                        SHA384,
                        "String parameter hashAlgorithmOID contradicts with signAlgo parameter"),
                row(sign, "operationMode", "A", "Invalid parameter operationMode"),
                row(sign, "operationMode", 1, "Invalid parameter operationMode"),
                row(sign, "clientData", 5, "Invalid parameter clientData"),
                row(sign, "custodian", 5, missing("object", "custodian")),
                row("journal/records", "chain", ABSENT, missing("string", "chain")),
                row("journal/records", "from", 0, "Invalid parameter from"),
                row("journal/records", "size", -1, "Invalid parameter size"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void refusalIsWordForWordTheApis(String method, String name, Object value, String expected)
            throws Exception {
        var body = right(method);
        if (value.equals(ABSENT)) {
            body.remove(name);
        } else {
            body.put(name, value);
        }
        var answer = agent.csc(method, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("error_description")).isEqualTo(expected);
        assertThat(answer.text("error"))
                .isEqualTo(
                        expected.equals("The authentication data is invalid")
                                ? "invalid_authentication_data"
                                : "invalid_request");
        assertThat(answer.custodian().path("next").asString()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void requestWithoutAChangeIsAccepted(String method) throws Exception {
        var body = right(method);
        if (method.equals("signatures/signHash")) {
            var digest = agent.random(32);
            body.put("SAD", agent.authorize(credential, digest));
            body.put("hashes", List.of(digest.base64()));
        }
        // null is absent, and what nobody knows is passed over
        body.put("lang", null);
        body.put("clientData", null);
        body.put("userID", null);
        body.put("operationMode", null);
        body.put("signAlgoParams", null);
        body.put("somethingNew", Map.of("a", 1));
        assertThat(agent.csc(method, body).refusal()).isEqualTo("200");
    }

    static Stream<String> methods() {
        return Stream.of(
                "credentials/list",
                "credentials/info",
                "credentials/getChallenge",
                "credentials/authorize",
                "signatures/signHash",
                "journal/records");
    }

    private Map<String, Object> right(String method) throws Exception {
        var body = new HashMap<String, Object>();
        switch (method) {
            case "credentials/info" -> body.put("credentialID", credential.text());
            case "credentials/getChallenge" -> {
                body.put("credentialID", credential.text());
                body.put("authObjectID", "DEVICE");
            }
            case "credentials/authorize" ->
                    body.putAll(agent.approval(credential, agent.random(32)).body());
            case "signatures/signHash" -> {
                body.put("credentialID", credential.text());
                body.put("SAD", agent.authorize(credential, agent.random(32)));
                body.put("hashes", List.of(DIGEST));
                body.put("signAlgo", ES256);
            }
            case "journal/records" -> body.put("chain", credential.text());
            default -> {}
        }
        return body;
    }

    @Test
    void parametersOfPssAreReadStrictly() throws Exception {
        var rsa = server.credential(agent.owner(), KeyAlgorithm.RSA_2048);
        var body = right("signatures/signHash");
        body.put("credentialID", rsa.text());
        body.put("signAlgo", Scheme.RSASSA_PSS);
        for (var wrong : List.of(PSS_SHA1_DEFAULTS, "AAAA", "*", PSS_SHA256 + "AAAA")) {
            body.put("signAlgoParams", wrong);
            assertThat(agent.csc("signatures/signHash", body).text("error_description"))
                    .isEqualTo("Invalid parameter signAlgoParams");
        }
        body.put("signAlgoParams", PSS_SHA256);
        body.put("hashAlgorithmOID", SHA384);
        assertThat(agent.csc("signatures/signHash", body).text("error_description"))
                .isEqualTo("String parameter hashAlgorithmOID contradicts with signAlgo parameter");
        body.put("hashAlgorithmOID", SHA256);
        assertThat(agent.csc("signatures/signHash", body).text("error_description"))
                .isEqualTo("Invalid parameter SAD");
    }

    @Test
    void bodyMustBeOneObjectWithoutRepetition() throws Exception {
        var malformed = "The body is not a well-formed JSON object";
        for (var body :
                List.of(
                        "{\"credentialID\":\"a\",\"credentialID\":\"a\"}",
                        "{",
                        "{} {}",
                        "[".repeat(2000),
                        "{\"a\":1,}")) {
            assertThat(agent.csc("credentials/info", body).refusal())
                    .isEqualTo("400 invalid_request: " + malformed + " [malformed-request]");
        }
        assertThat(agent.csc("credentials/info", "[]").text("error_description"))
                .isEqualTo("The body is not a JSON object");
        assertThat(agent.csc("credentials/list", "").refusal()).isEqualTo("200");
    }

    @Test
    void credentialWithoutCertificateIsDisabled() throws Exception {
        var made = server.create(agent.owner(), KeyAlgorithm.P256);
        var approval = agent.approval(made.credential(), agent.random(32));
        assertThat(agent.csc("credentials/authorize", approval.body()).refusal())
                .isEqualTo(
                        "400 invalid_request: The credential identified by credentialID is disabled"
                                + " [credential-disabled]");
        server.certify(made, 1);
        assertThat(agent.csc("credentials/authorize", approval.body()).refusal()).isEqualTo("200");

        server.clock.pass(Duration.ofDays(2));
        var later = agent.approval(made.credential(), agent.random(32));
        assertThat(agent.csc("credentials/authorize", later.body()).refusal())
                .isEqualTo(
                        "400 invalid_request: Signing certificate is expired"
                                + " [credential-disabled]");
    }
}
