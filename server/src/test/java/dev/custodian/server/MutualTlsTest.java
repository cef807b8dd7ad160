package dev.custodian.server;

import static java.security.spec.RSAKeyGenParameterSpec.F4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where tokens are bound by TLS, they are good only over a connection that the device key opened
/// (RFC 8705).
final class MutualTlsTest {
    private static final String LIST = "/csc/v2/credentials/list";
    private static final String TOKEN = "/oauth2/token";

    private TestServer server;
    private ECKey key;
    private TestCertificate certificate;
    private TestAgent agent;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server =
                TestServer.start(
                        folder, text -> text.replace("# binding = \"dpop\"", "binding = \"tls\""));
        key = new ECKeyGenerator(Curve.P_256).generate();
        certificate = new TestCertificate(key);
        agent = server.enrolled(agent(key, certificate));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TestAgent agent(ECKey deviceKey, @Nullable TestCertificate shown) throws Exception {
        return new TestAgent(server.url(), server.clock, deviceKey, shown);
    }

    private TestAnswer begin(TestAgent asking) throws Exception {
        return asking.oauth(
                TOKEN,
                Map.of("grant_type", "client_credentials", "client_id", agent.deviceId().text()));
    }

    private String token() throws Exception {
        var answer = begin(agent);
        assertThat(answer.text("token_type")).isEqualTo("Bearer");
        return answer.text("access_token");
    }

    private static TestAnswer list(TestAgent asking, String authorization) throws Exception {
        return asking.send(LIST, "{}", authorization, "");
    }

    private static void assertRefused(TestAnswer answer) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer error=\"invalid_token\"");
    }

    @Test
    void tokenOverTheDevicesConnectionIsAccepted() throws Exception {
        assertThat(list(agent, "Bearer " + token()).refusal()).isEqualTo("200");
    }

    @Test
    void stolenTokenIsGoodOverNoOtherConnection() throws Exception {
        var stolen = "Bearer " + token();
        assertRefused(list(agent(key, null), stolen));
        var other = new ECKeyGenerator(Curve.P_256).generate();
        assertRefused(list(agent(other, new TestCertificate(other)), stolen));
        // another enrolled device, with a certificate and a token of its own
        var second = server.enrolled(agent(other, new TestCertificate(other)));
        assertRefused(list(second, stolen));
        assertThat(list(agent, stolen).refusal()).isEqualTo("200");
    }

    @Test
    void nobodyElseGetsAToken() throws Exception {
        var other = new ECKeyGenerator(Curve.P_256).generate();
        for (var stranger :
                new TestAgent[] {agent(key, null), agent(other, new TestCertificate(other))}) {
            assertThat(begin(stranger).text("error")).isEqualTo("invalid_grant");
        }
        assertThat(begin(agent).status()).isEqualTo(200);
    }

    @Test
    void noNameIsEnough() throws Exception {
        for (var name : new String[] {"", "dev_" + "a".repeat(26), "x"}) {
            assertThat(
                            agent.oauth(
                                            TOKEN,
                                            Map.of(
                                                    "grant_type",
                                                    "client_credentials",
                                                    "client_id",
                                                    name))
                                    .status())
                    .isEqualTo(400);
        }
    }

    @Test
    void assertionOfTheDeviceKeyIsNoSubstitute() throws Exception {
        var bare = agent(key, null);
        bare.deviceId = agent.deviceId();
        assertThat(bare.login(bare.assertion(Map.of()), Map.of()).text("error"))
                .isEqualTo("unsupported_grant_type");
        assertRefused(list(agent, "DPoP " + token()));
    }

    @Test
    void callWithoutATokenIsToldHowToComeBack() throws Exception {
        var answer = list(agent, "");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
    }

    @Test
    void removedDeviceIsRefusedOnTheConnectionThatItHas() throws Exception {
        var token = "Bearer " + token();
        try (var tx = server.foundation.parts().store().begin()) {
            var row = Objects.requireNonNull(tx.device(agent.deviceId()));
            tx.updateDevice(row.removed());
            tx.commit();
        }
        assertRefused(list(agent, token));
        assertThat(begin(agent).text("error")).isEqualTo("invalid_grant");
    }

    @Test
    void refreshNeedsTheConnectionToo() throws Exception {
        var refresh = begin(agent).text("refresh_token");
        var form =
                Map.of(
                        "grant_type",
                        "refresh_token",
                        "refresh_token",
                        refresh,
                        "client_id",
                        agent.deviceId().text());
        assertThat(agent(key, null).oauth(TOKEN, form).text("error")).isEqualTo("invalid_grant");
        var answer = agent.oauth(TOKEN, form);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(list(agent, "Bearer " + answer.text("access_token")).refusal()).isEqualTo("200");
    }

    /// One signature of the device key opens a session of TLS; connections that resume it need
    /// none, and the server still knows whose they are.
    @Test
    void resumedConnectionsCostNoSignature() throws Exception {
        var token = "Bearer " + token();
        int before = certificate.uses.get();
        assertThat(before).isPositive();
        for (int i = 0; i < 3; i++) {
            agent.reconnect();
            assertThat(list(agent, token).refusal()).isEqualTo("200");
        }
        assertThat(certificate.uses.get()).isEqualTo(before);
    }

    /// A prime of 1,279 ones: to check one signature costs as much as to make some.
    private static final BigInteger LONG = BigInteger.TWO.pow(1279).subtract(BigInteger.ONE);

    private static RSAKeyGenParameterSpec rsa(int bits, BigInteger exponent) {
        return new RSAKeyGenParameterSpec(bits, exponent);
    }

    private static TestCertificate certificate(RSAKeyGenParameterSpec shape) throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(shape);
        return new TestCertificate(generator.generateKeyPair(), "SHA256withRSA");
    }

    @Test
    void keyThatWouldHaveUsComputeForLongIsRefused() throws Exception {
        for (var shape : new RSAKeyGenParameterSpec[] {rsa(1024, F4), rsa(2048, LONG)}) {
            var stranger = agent(key, certificate(shape));
            assertThatThrownBy(() -> stranger.get("/identity")).isInstanceOf(IOException.class);
        }
        var usual = agent(key, certificate(rsa(2048, F4)));
        assertThat(usual.get("/identity").text("binding")).isEqualTo("tls");
    }

    @Test
    void serverThatBindsByProofsAsksForNoCertificate(@TempDir Path folder) throws Exception {
        try (var usual = TestServer.start(folder)) {
            var shown = new TestCertificate(key);
            var asked = new TestAgent(usual.url(), usual.clock, key, shown);
            assertThat(asked.get("/identity").text("binding")).isEqualTo("dpop");
            assertThat(shown.uses.get()).isZero();
        }
    }
}
