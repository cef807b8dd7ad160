package dev.custodian.server.http;

import static dev.custodian.server.http.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.cert.CertificateEncodingException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CertificateReloadTest {
    private static final TlsIdentity OLD = TestIdentity.create("old");
    private static final TlsIdentity NEW = TestIdentity.create("new");

    private WebServer server;

    @BeforeEach
    void start() throws Exception {
        server =
                WebServer.start(
                        Limits.patient(),
                        OLD,
                        List.of(
                                Route.get(
                                        "/certificate",
                                        call ->
                                                Reply.text(
                                                        200,
                                                        encoded(call.serverChain().getFirst())))));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void oldConnectionGoesOnAndNewOneSeesTheNewCertificate() throws Exception {
        try (var old = RawClient.connect(server.port())) {
            assertThat(old.ask(request("GET /certificate")).text())
                    .isEqualTo(encoded(OLD.chain().getFirst()));
            server.reload(NEW);
            try (var fresh = RawClient.connect(server.port())) {
                assertThat(fresh.socket().getSession().getPeerCertificates())
                        .containsExactly(NEW.chain().getFirst());
                assertThat(fresh.ask(request("GET /certificate")).text())
                        .isEqualTo(encoded(NEW.chain().getFirst()));
            }
            assertThat(old.ask(request("GET /certificate")).text())
                    .isEqualTo(encoded(OLD.chain().getFirst()));
        }
    }

    @Test
    void ticketOfTheOldCertificateDoesNotResume() throws Exception {
        var context = RawClient.trustingContext();
        try (var client = RawClient.connect(context, server.port())) {
            client.ask(request("GET /certificate"));
        }
        server.reload(NEW);
        try (var client = RawClient.connect(context, server.port())) {
            assertThat(client.ask(request("GET /certificate")).text())
                    .isEqualTo(encoded(NEW.chain().getFirst()));
        }
    }

    @Test
    void identityOfUnlikePartsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsIdentity(NEW.key(), List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsIdentity(NEW.key(), OLD.chain()));
    }

    private static String encoded(java.security.cert.X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new AssertionError(e);
        }
    }
}
