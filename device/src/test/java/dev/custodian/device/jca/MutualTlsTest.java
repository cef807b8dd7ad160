package dev.custodian.device.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.testing.CountingKey;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// TLS in this process in which both sides authenticate with a device key.
class MutualTlsTest {
    private static final int SECONDS = 20;

    @TempDir Path scratch;

    private final SecureRandom random = new SecureRandom();
    private DeviceStore store;

    @BeforeEach
    void begin() throws Exception {
        Security.addProvider(new DeviceProvider());
        try (var passphrase = Secret.owning(Bytes.utf8("correct horse").toArray())) {
            store = SoftwareStore.open(scratch.resolve("keys"), passphrase);
        }
    }

    @AfterEach
    void end() {
        store.close();
        Security.removeProvider(DeviceProvider.NAME);
    }

    private CountingKey key(String name, KeyType type) throws Exception {
        return new CountingKey(store.create(new KeySpec(name, type)));
    }

    private X509Certificate certificate(DeviceKey key) throws Exception {
        var now = Instant.now();
        return DeviceCertificates.selfSigned(
                key, "test", now.minusSeconds(60), now.plus(Duration.ofDays(1)), random);
    }

    private static TrustManager[] trusting(X509Certificate certificate) throws Exception {
        var keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setCertificateEntry("the only one", certificate);
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(keys);
        return trust.getTrustManagers();
    }

    private SSLContext context(DeviceKey key, X509Certificate own, X509Certificate trusted)
            throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(
                new KeyManager[] {new DeviceIdentity(DevicePrivateKey.of(key), own)},
                trusting(trusted),
                random);
        return context;
    }

    private static SSLServerSocket listen(SSLContext context) throws IOException {
        var server =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(true);
        server.setSoTimeout(1000 * SECONDS);
        return server;
    }

    /// One connection: who the client was, as the server saw it.
    private static CompletableFuture<X509Certificate> serve(SSLServerSocket server) {
        var seen = new CompletableFuture<X509Certificate>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try (var socket = (SSLSocket) server.accept()) {
                                socket.setSoTimeout(1000 * SECONDS);
                                int octet = socket.getInputStream().read();
                                socket.getOutputStream().write(octet + 1);
                                seen.complete(
                                        (X509Certificate)
                                                socket.getSession().getPeerCertificates()[0]);
                            } catch (IOException e) {
                                seen.completeExceptionally(e);
                            }
                        });
        return seen;
    }

    private static int ask(SSLContext context, int port, String protocol) throws IOException {
        try (var socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setSoTimeout(1000 * SECONDS);
            socket.getOutputStream().write(41);
            return socket.getInputStream().read();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "P256, TLSv1.3",
        "P384, TLSv1.3",
        "RSA_2048, TLSv1.3",
        "ED25519, TLSv1.3",
        "P256, TLSv1.2",
        "RSA_3072, TLSv1.2"
    })
    void oneSignatureForAHandshakeAndNoneToResumeIt(KeyType type, String protocol)
            throws Exception {
        try (var client = key("client", type);
                var host = key("server", type)) {
            var mine = certificate(client);
            var theirs = certificate(host);
            client.signatures().set(0);
            host.signatures().set(0);
            var context = context(client, mine, theirs);
            try (var server = listen(context(host, theirs, mine))) {
                for (int i = 0; i < 3; i++) {
                    var seen = serve(server);
                    assertThat(ask(context, server.getLocalPort(), protocol)).isEqualTo(42);
                    assertThat(seen.get()).isEqualTo(mine);
                }
            }
            assertThat(client.signatures()).hasValue(1);
            assertThat(host.signatures()).hasValue(1);
        }
    }

    @Test
    void clientWithAnotherKeyThanTheTrustedOneIsNotServed() throws Exception {
        try (var client = key("client", KeyType.P256);
                var stranger = key("stranger", KeyType.P256);
                var host = key("server", KeyType.P256)) {
            var mine = certificate(client);
            var theirs = certificate(host);
            try (var server = listen(context(host, theirs, mine))) {
                var seen = serve(server);
                var context = context(stranger, certificate(stranger), theirs);
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> ask(context, server.getLocalPort(), "TLSv1.3"));
                assertThat(seen.handle((_, e) -> e).get()).isInstanceOf(IOException.class);

                var again = serve(server);
                assertThat(ask(context(client, mine, theirs), server.getLocalPort(), "TLSv1.3"))
                        .isEqualTo(42);
                assertThat(again.get()).isEqualTo(mine);
            }
        }
    }

    @Test
    void certificateOfAnotherKeyIsNotShown() throws Exception {
        try (var client = key("client", KeyType.P256);
                var stranger = key("stranger", KeyType.P256)) {
            var certificate = certificate(stranger);
            var key = DevicePrivateKey.of(client);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new DeviceIdentity(key, certificate));
            assertThatIllegalArgumentException().isThrownBy(() -> new DeviceIdentity(key));
        }
    }
}
