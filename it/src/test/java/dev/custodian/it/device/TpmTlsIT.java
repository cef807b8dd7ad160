package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.TpmStore;
import dev.custodian.device.jca.DeviceCertificates;
import dev.custodian.device.jca.DeviceIdentity;
import dev.custodian.device.jca.DeviceKeyStore;
import dev.custodian.device.jca.DevicePrivateKey;
import dev.custodian.device.jca.DeviceProvider;
import dev.custodian.device.testing.CountingKey;
import dev.custodian.it.Fork;
import dev.custodian.it.WebServer;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Java's own HTTP client logs in to nginx and to `openssl s_server` with a key in a TPM and its
/// self-signed certificate. The TPM is simulated by swtpm.
class TpmTlsIT {
    @TempDir Path scratch;

    private final SecureRandom random = new SecureRandom();
    private Swtpm swtpm;
    private TpmStore store;
    private CountingKey key;
    private X509Certificate certificate;

    @BeforeEach
    void begin() throws Exception {
        Security.addProvider(new DeviceProvider());
        swtpm = Swtpm.start(scratch.resolve("tpm"));
        store = TpmStore.open(scratch.resolve("keys"), swtpm::connect);
        key = key("tls");
        certificate = certificate(key);
    }

    @AfterEach
    void end() {
        store.close();
        swtpm.close();
        Security.removeProvider(DeviceProvider.NAME);
    }

    private CountingKey key(String name) throws Exception {
        return new CountingKey(store.create(new KeySpec(name, KeyType.P256)));
    }

    private X509Certificate certificate(DeviceKey of) throws Exception {
        var now = Instant.now();
        var made =
                DeviceCertificates.selfSigned(
                        of, "laptop", now.minusSeconds(60), now.plus(Duration.ofDays(1)), random);
        if (of instanceof CountingKey counting) {
            counting.signatures().set(0);
        }
        return made;
    }

    private Path pem(X509Certificate of) throws Exception {
        return TlsClient.pem(scratch, of);
    }

    /// What this machine shows of itself, and trusts.
    private static SSLContext tls(DeviceKey with, X509Certificate own, Path server)
            throws Exception {
        return TlsClient.context(server, new DeviceIdentity(DevicePrivateKey.of(with), own));
    }

    @Test
    void nginxLetsTheKeyInAndNoOther() throws Exception {
        try (var nginx = WebServer.start(scratch, pem(certificate))) {
            var stranger = key("stranger");
            assertThat(
                            TlsClient.get(
                                    tls(stranger, certificate(stranger), nginx.certificate()),
                                    nginx.url()))
                    .contains("400 The SSL certificate error");
            assertThat(TlsClient.get(tls(key, certificate, nginx.certificate()), nginx.url()))
                    .isEqualTo("SUCCESS CN=laptop\n");
        }
    }

    @Test
    void keyManagersOfTheJdkTakeTheKeyFromTheKeyStore() throws Exception {
        var keys = DeviceKeyStore.of(List.of(store));
        var chain = new X509Certificate[] {certificate};
        keys.setKeyEntry("tls", keys.getKey("tls", null), null, chain);
        var managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, new char[0]);
        try (var nginx = WebServer.start(scratch, pem(certificate))) {
            var tls = TlsClient.context(nginx.certificate(), managers.getKeyManagers());
            assertThat(TlsClient.get(tls, nginx.url())).isEqualTo("SUCCESS CN=laptop\n");
        }
    }

    @Test
    void keySignsOnceForAFullHandshakeAndNotForAResumedOne() throws Exception {
        try (var nginx = WebServer.start(scratch, pem(certificate))) {
            var tls = tls(key, certificate, nginx.certificate());
            for (int i = 0; i < 3; i++) {
                assertThat(TlsClient.get(tls, nginx.url())).isEqualTo("SUCCESS CN=laptop\n");
                assertThat(key.signatures()).hasValue(1);
            }
            assertThat(TlsClient.get(tls(key, certificate, nginx.certificate()), nginx.url()))
                    .isEqualTo("SUCCESS CN=laptop\n");
            assertThat(key.signatures()).as("nothing to resume").hasValue(2);
        }
    }

    @Test
    void opensslLetsTheKeyInAndNoOther() throws Exception {
        // makes the server's own key and certificate
        Path own;
        try (var nginx = WebServer.start(scratch, pem(certificate))) {
            own = nginx.certificate();
        }
        int port = Fork.port();
        var server =
                new ProcessBuilder(
                                "openssl",
                                "s_server",
                                "-accept",
                                "127.0.0.1:" + port,
                                "-cert",
                                own.toString(),
                                "-key",
                                scratch.resolve("server.key").toString(),
                                "-Verify",
                                "1",
                                "-verify_return_error",
                                "-CAfile",
                                scratch.resolve("device.pem").toString(),
                                "-www")
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.to(scratch.resolve("s_server.log").toFile()))
                        .start();
        try {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> listens(port));
            var url = "https://localhost:" + port + "/";
            var stranger = key("stranger");
            var refused = tls(stranger, certificate(stranger), own);
            assertThatThrownBy(() -> TlsClient.get(refused, url)).isInstanceOf(IOException.class);
            assertThat(TlsClient.get(tls(key, certificate, own), url))
                    .contains("Client certificate")
                    .containsPattern("Subject: CN ?= ?laptop");
            assertThat(key.signatures()).hasValue(1);
        } finally {
            server.destroy();
            server.onExit().join();
        }
    }

    private static boolean listens(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
