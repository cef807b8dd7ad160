package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Scheme;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What was approved is what is signed: every element is changed once, and each change is refused.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BindingTest {
    private static final String ES256 = Scheme.ECDSA_SHA256.combinedOid();
    private static final String INVALID_DATA =
            "400 invalid_authentication_data: The authentication data is invalid ";
    private static final String NOT_AUTHORIZED =
            "400 invalid_request: Hash is not authorized by the SAD [digest-not-authorized]";

    private TestServer server;
    private TestAgent agent;
    private TestAgent stranger;
    private Id credential;
    private Id other;
    private Bytes one;
    private Bytes two;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
        agent = server.enrol();
        stranger = server.enrol();
        credential = server.credential(agent.owner(), KeyAlgorithm.P256);
        other = server.credential(agent.owner(), KeyAlgorithm.P256);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void chooseDigests() {
        one = agent.random(32);
        two = agent.random(32);
    }

    /// A change of an approval before it is sent.
    private interface Lie {
        void tell(Approval approval) throws Exception;
    }

    private String authorize(Lie lie) throws Exception {
        var approval = agent.approval(credential, one);
        lie.tell(approval);
        return agent.csc("credentials/authorize", approval.body()).refusal();
    }

    @Test
    void approvalWithoutALieIsAccepted() throws Exception {
        assertThat(authorize(_ -> {})).isEqualTo("200");
    }

    @Test
    void intentForAnotherServerIsRefused() throws Exception {
        assertThat(authorize(a -> a.server = TestDigests.of("other server")))
                .isEqualTo(INVALID_DATA + "[intent-mismatch]");
    }

    @Test
    void intentOfAnotherOwnerIsRefused() throws Exception {
        assertThat(authorize(a -> a.owner = stranger.owner()))
                .isEqualTo(INVALID_DATA + "[intent-mismatch]");
    }

    @Test
    void intentOfAnotherDeviceIsRefused() throws Exception {
        assertThat(authorize(a -> a.device = stranger.deviceId()))
                .isEqualTo(INVALID_DATA + "[intent-mismatch]");
    }

    @Test
    void signatureOfAnotherDeviceIsRefused() throws Exception {
        assertThat(authorize(a -> a.signer = stranger))
                .isEqualTo(INVALID_DATA + "[factors-refused]");
    }

    @Test
    void nonceOfAnotherOwnerIsRefused() throws Exception {
        var theirs = server.credential(stranger.owner(), KeyAlgorithm.P256);
        var nonce = stranger.approval(theirs, one).nonce;
        assertThat(authorize(a -> a.nonce = nonce)).isEqualTo(INVALID_DATA + "[intent-expired]");
    }

    @Test
    void nonceForAnEnrolmentIsRefused() throws Exception {
        var nonce = Bytes.fromBase64Url(agent.get("/identity").text("nonce"));
        assertThat(authorize(a -> a.nonce = nonce)).isEqualTo(INVALID_DATA + "[intent-expired]");
    }

    @Test
    void intentIsGoodUntilItsEndAndNoLonger() throws Exception {
        var atItsEnd = agent.approval(credential, one);
        var afterIt = agent.approval(credential, two);
        server.clock.pass(Duration.ofMinutes(2));
        assertThat(agent.csc("credentials/authorize", atItsEnd.body()).refusal()).isEqualTo("200");
        server.clock.pass(Duration.ofSeconds(1));
        assertThat(agent.csc("credentials/authorize", afterIt.body()).refusal())
                .isEqualTo(INVALID_DATA + "[intent-expired]");
    }

    @Test
    void otherPurposeIsRefused() throws Exception {
        assertThat(authorize(a -> a.purpose = Purpose.LOGIN))
                .isEqualTo(INVALID_DATA + "[intent-mismatch]");
    }

    @Test
    void intentForAnotherCredentialIsRefused() throws Exception {
        var approval = agent.approval(credential, one);
        var body = new HashMap<>(approval.body());
        body.put("credentialID", other.text());
        assertThat(agent.csc("credentials/authorize", body).refusal())
                .isEqualTo(INVALID_DATA + "[intent-mismatch]");
    }

    @Test
    void factorsSealedForAnotherIntentAreRefused() throws Exception {
        var approval = agent.approval(credential, one);
        var elsewhere = agent.approval(credential, two);
        assertThat(
                        agent.csc(
                                        "credentials/authorize",
                                        approval.body(approval.deviceJws(), elsewhere.sealed()))
                                .refusal())
                .isEqualTo(INVALID_DATA + "[factors-refused]");
        assertThat(
                        agent.csc(
                                        "credentials/authorize",
                                        approval.body(
                                                approval.deviceJws(),
                                                approval.sealedFor(
                                                        Hashes.sha256(approval.intent()))))
                                .refusal())
                .isEqualTo("200");
    }

    @Test
    void anotherShareIsRefusedAndCountsNothing() throws Exception {
        for (int i = 0; i < 8; i++) {
            assertThat(authorize(a -> a.share = agent.random(32)))
                    .isEqualTo(INVALID_DATA + "[factors-refused]");
        }
        assertThat(authorize(_ -> {})).isEqualTo("200");
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void requestThatIsNotWhatWasApprovedIsRefused(Change change) throws Exception {
        var approval = agent.approval(credential, one, two);
        var body = new HashMap<>(approval.body());
        change.apply(body, agent.random(32));
        assertThat(agent.csc("credentials/authorize", body).refusal()).isEqualTo(change.expected);
    }

    /// What a program between agent and server could try.
    enum Change {
        NOTHING("200"),
        ORDER("200"),
        ONE_ADDED(INVALID_DATA + "[intent-mismatch]"),
        ONE_LEFT_OUT(INVALID_DATA + "[intent-mismatch]"),
        ONE_OTHER(INVALID_DATA + "[intent-mismatch]"),
        ONE_TWICE(INVALID_DATA + "[intent-mismatch]"),
        ONE_TWICE_IN_TWO_ENCODINGS(INVALID_DATA + "[intent-mismatch]"),
        OTHER_COUNT(INVALID_DATA + "[intent-mismatch]"),
        NO_HASH(INVALID_DATA + "[intent-mismatch]");

        private final String expected;

        Change(String expected) {
            this.expected = expected;
        }

        private void apply(Map<String, Object> body, Bytes digest) {
            var hashes = new ArrayList<>(strings(body));
            switch (this) {
                case NOTHING -> {}
                case ORDER -> hashes.add(hashes.removeFirst());
                case ONE_ADDED -> hashes.add(digest.base64());
                case ONE_LEFT_OUT -> hashes.removeLast();
                case ONE_OTHER -> hashes.set(0, digest.base64());
                case ONE_TWICE -> hashes.set(1, hashes.getFirst());
                case ONE_TWICE_IN_TWO_ENCODINGS ->
                        hashes.set(1, hashes.getFirst().replace("=", ""));
                case OTHER_COUNT -> body.put("numSignatures", 1);
                case NO_HASH -> body.remove("hashAlgorithmOID");
            }
            body.put("hashes", hashes);
        }

        private static List<String> strings(Map<String, Object> body) {
            return body.get("hashes") instanceof List<?> hashes
                    ? hashes.stream().map(String.class::cast).toList()
                    : List.of();
        }
    }

    @Test
    void onlyApprovedDigestsAreSigned() throws Exception {
        var sad = agent.authorize(credential, one);
        assertThat(sign(sad, ES256, one, two).refusal()).isEqualTo(NOT_AUTHORIZED);
        assertThat(sign(sad, ES256, two).refusal()).isEqualTo(NOT_AUTHORIZED);
        assertThat(sign(sad, ES256, one).refusal()).isEqualTo("200");
    }

    @Test
    void sameDigestInAnotherEncodingGetsTheSameSignature() throws Exception {
        var sad = agent.authorize(credential, one);
        var body = TestAgent.signing(credential, sad, ES256, one);
        body.put(
                "hashes",
                List.of(
                        one.base64(),
                        one.base64Url(),
                        one.base64().replace("=", ""),
                        one.base64Url() + "="));
        var before = server.signings.get();
        var signed = agent.csc("signatures/signHash", body);
        assertThat(signed.refusal()).isEqualTo("200");
        var signatures = new ArrayList<String>();
        signed.body().path("signatures").forEach(s -> signatures.add(s.asString()));
        assertThat(signatures).hasSize(4).containsOnly(signatures.getFirst());
        assertThat(server.signings.get() - before).isEqualTo(1);
    }

    @Test
    void usedDigestIsNotSignedWithAnotherScheme() throws Exception {
        var rsa = server.credential(agent.owner(), KeyAlgorithm.RSA_2048);
        var sad = agent.authorize(rsa, one);
        var first = TestAgent.signing(rsa, sad, Scheme.RSA_PKCS1_SHA256.combinedOid(), one);
        assertThat(agent.csc("signatures/signHash", first).refusal()).isEqualTo("200");
        var second = TestAgent.signing(rsa, sad, Scheme.RSASSA_PSS, one);
        // SHA-256, MGF1 with SHA-256, 32 octets of salt
        second.put(
                "signAlgoParams",
                "MDSgDzANBglghkgBZQMEAgEFAKEcMBoGCSqGSIb3DQEBCDANBglghkgBZQMEAgEFAKIDAgEg");
        assertThat(agent.csc("signatures/signHash", second).refusal()).isEqualTo(NOT_AUTHORIZED);
        assertThat(agent.csc("signatures/signHash", first).refusal()).isEqualTo("200");
    }

    @Test
    void approvedHashDecidesTheScheme() throws Exception {
        var digest = agent.random(48);
        var approval = agent.approval(credential, digest);
        approval.hashOid = HashAlgorithm.SHA384.oid();
        var sad = agent.csc("credentials/authorize", approval.body()).text("SAD");
        assertThat(sign(sad, ES256, digest).refusal())
                .isEqualTo("400 invalid_request: Invalid digest value length [digest-length]");
        assertThat(sign(sad, Scheme.ECDSA_SHA384.combinedOid(), digest).refusal()).isEqualTo("200");
    }

    @Test
    void authorizationOfAnotherSenderIsLikeNone() throws Exception {
        var sad = agent.authorize(credential, one);
        var theirs = server.credential(stranger.owner(), KeyAlgorithm.P256);
        var unknown = "400 invalid_request: Invalid parameter SAD [sad-unknown]";
        assertThat(
                        stranger.csc(
                                        "signatures/signHash",
                                        TestAgent.signing(theirs, sad, ES256, one))
                                .refusal())
                .isEqualTo(unknown);
        assertThat(
                        stranger.csc(
                                        "signatures/signHash",
                                        TestAgent.signing(
                                                theirs,
                                                "sad_" + agent.random(32).base64Url(),
                                                ES256,
                                                one))
                                .refusal())
                .isEqualTo(unknown);
        assertThat(sign(sad, ES256, one).refusal()).isEqualTo("200");
    }

    @Test
    void authorizationIsForOneCredential() throws Exception {
        var sad = agent.authorize(credential, one);
        assertThat(
                        agent.csc("signatures/signHash", TestAgent.signing(other, sad, ES256, one))
                                .refusal())
                .isEqualTo("400 invalid_request: Invalid parameter SAD [sad-unknown]");
    }

    @Test
    void authorizationEnds() throws Exception {
        var sad = agent.authorize(credential, one, two);
        assertThat(sign(sad, ES256, one).refusal()).isEqualTo("200");
        server.clock.pass(Duration.ofMinutes(5));
        assertThat(sign(sad, ES256, two).refusal())
                .isIn(
                        "400 invalid_request: SAD expired [sad-expired]",
                        // once it was swept away
                        "400 invalid_request: Invalid parameter SAD [sad-unknown]");
    }

    @Test
    void anotherOwnersCredentialLooksLikeNone() throws Exception {
        var none = "crd_" + "a".repeat(26);
        for (var method :
                List.of(
                        "credentials/info",
                        "credentials/getChallenge",
                        "credentials/authorize",
                        "signatures/signHash")) {
            var theirs = stranger.csc(method, Map.of("credentialID", credential.text()));
            var missing = stranger.csc(method, Map.of("credentialID", none));
            assertThat(theirs.refusal())
                    .isEqualTo(missing.refusal())
                    .isEqualTo(
                            "400 invalid_request: Invalid parameter credentialID [credential-unknown]");
            assertThat(theirs.body()).isEqualTo(missing.body());
        }
        assertThat(
                        agent.csc("credentials/info", Map.of("credentialID", credential.text()))
                                .refusal())
                .isEqualTo("200");
        assertThat(
                        stranger.csc("credentials/list", Map.of())
                                .body()
                                .path("credentialIDs")
                                .toString())
                .doesNotContain(credential.text());
    }

    @Test
    void chainsOfOthersAreLikeNone() throws Exception {
        var refused = "400 invalid_request: Invalid parameter chain [malformed-request]";
        for (var chain :
                List.of(agent.owner().text(), credential.text(), "crd_" + "a".repeat(26), "x")) {
            assertThat(stranger.csc("journal/records", Map.of("chain", chain)).refusal())
                    .isEqualTo(refused);
        }
        assertThat(agent.csc("journal/records", Map.of("chain", credential.text())).refusal())
                .isEqualTo("200");
    }

    private TestAnswer sign(String sad, String signAlgo, Bytes... digests) throws Exception {
        return agent.csc(
                "signatures/signHash", TestAgent.signing(credential, sad, signAlgo, digests));
    }
}
