package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.link.AgentSocket;
import dev.custodian.link.Answer;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A server that lies to the shipped agent, after it has been paired with: no program gets a
/// signature, and the sentence about it reaches the person by the link, the log and the status.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestMethodOrder(OrderAnnotation.class)
class LyingServerIT {
    @TempDir static Path scratch;

    private static Installation installation;
    private static Serving serving;
    private static AgentProcess agent;
    private static String code = "";

    @BeforeAll
    static void start() throws Exception {
        installation = Installation.in(scratch);
        serving = installation.serveLying();
        var device =
                OwnerDevice.enrol(installation.invite(serving.url()), scratch.resolve("device"));
        code =
                installation
                        .credentials(Custody.OWNER_SEALED, Purpose.CODE, device.owner(), "P-256")
                        .getFirst()
                        .id()
                        .text();
        agent = AgentProcess.start(scratch);
        agent.willAnswer(OwnerDevice.PIN);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> run("ssh-add", "-L").exit() == 0);
        Files.writeString(scratch.resolve("key.pub"), run("ssh-add", "-L").orFail().out());
        Files.writeString(scratch.resolve("letter"), "Dear Charles,\n");
    }

    @AfterAll
    static void stop() throws Exception {
        agent.close();
        serving.close();
    }

    private static Program.Ran run(String... line) throws Exception {
        return Program.run(
                scratch,
                Map.of("SSH_AUTH_SOCK", agent.socket().toString(), "HOME", scratch.toString()),
                List.of(line));
    }

    private static Program.Ran sign() throws Exception {
        Files.deleteIfExists(scratch.resolve("letter.sig"));
        return run("ssh-keygen", "-Y", "sign", "-n", "file", "-f", "key.pub", "letter");
    }

    private static LinkClient link() throws Exception {
        var socket = scratch.resolve("sockets/agent.sock");
        return LinkClient.connect(new AgentSocket(socket, Files.getOwner(socket)), "it", "1");
    }

    private static Request.Sign asking(String message) {
        return new Request.Sign(
                code,
                SignatureScheme.of(Scheme.ECDSA_SHA256),
                List.of(Hashes.sha256(Bytes.utf8(message))),
                Request.Context.NONE,
                false,
                Duration.ofMinutes(2));
    }

    /// No program gets anything, and each place where a person looks says why.
    private static void refusesAndSays(FailureKind kind, String sentence) throws Exception {
        try (var link = link()) {
            assertThatExceptionOfType(Refused.class)
                    .isThrownBy(() -> link.sign(asking("to " + kind)))
                    .satisfies(e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
                    .satisfies(e -> assertThat(e.detail()).contains(sentence));
            assertThat(wentWrong(link)).contains(kind.sentence(), sentence);
        }
        Files.writeString(scratch.resolve("agent.log"), "");
        assertThat(sign().exit()).isNotZero();
        assertThat(scratch.resolve("letter.sig")).doesNotExist();
        assertThat(agent.log()).contains("ssh: " + kind.id() + ": " + kind.sentence(), sentence);
    }

    private static String wentWrong(LinkClient link) throws Refused {
        return link.status().lines().stream()
                .filter(line -> line.what().equals("went wrong last"))
                .map(Answer.Line::text)
                .findFirst()
                .orElse("");
    }

    @Test
    @Order(1)
    void truthIsSignedAndNothingWentWrong() throws Exception {
        sign().orFail();
        try (var link = link()) {
            assertThat(link.sign(asking("the truth"))).hasSize(1);
            assertThat(wentWrong(link)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SPOILT_SIGNATURE | SIGNATURE_WRONG | another digest was signed",
                "ANOTHER_KEY | SIGNATURE_WRONG | another key signed",
                "BROKEN_CHAIN | JOURNAL_BROKEN | A record that was seen before has been replaced",
            })
    @Order(2)
    void lieIsRefusedWithItsSentence(String lie, FailureKind kind, String sentence)
            throws Exception {
        serving.lie(lie);
        refusesAndSays(kind, sentence);
        serving.lie("NONE");
        sign().orFail();
    }

    /// What another one who has the address can say: the genuine statement of its identity.
    private static HttpsServer impostor(URI url, String identity) throws Exception {
        var store = scratch.resolve("impostor.p12");
        Program.run(
                        Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-alias",
                        "impostor",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "impostor")
                .orFail();
        var keys = KeyStore.getInstance(store.toFile(), "impostor".toCharArray());
        var factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(keys, "impostor".toCharArray());
        var tls = SSLContext.getInstance("TLS");
        tls.init(factory.getKeyManagers(), null, null);
        var server =
                HttpsServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort()), 9);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext(
                "/",
                exchange -> {
                    var answer = Bytes.utf8(identity).toArray();
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
        return server;
    }

    @Test
    @Order(3)
    void certificateThatIsNotVouchedForIsRefused() throws Exception {
        var url = serving.url();
        var identity = Program.run("curl", "-sk", url + "/identity").orFail().out();
        assertThat(identity).contains("\"identity\":");
        serving.close();
        var impostor = impostor(url, identity);
        try {
            refusesAndSays(
                    FailureKind.TLS_NOT_VOUCHED,
                    "The server's certificate is not among those that its identity names.");
        } finally {
            impostor.stop(0);
        }
        serving = installation.serveLying();
        sign().orFail();
    }

    @Test
    @Order(4)
    void serverWithAnotherIdentityIsRefused() throws Exception {
        int port = serving.url().getPort();
        serving.close();
        var other = Installation.in(Files.createDirectory(scratch.resolve("other")), port);
        serving = other.serve();
        refusesAndSays(FailureKind.IDENTITY_CHANGED, "The server calls itself ");
        try (var link = link()) {
            assertThat(link.doctor())
                    .anySatisfy(
                            check -> {
                                assertThat(check.what()).isEqualTo("server");
                                assertThat(check.outcome()).isEqualTo(Answer.Check.Outcome.BROKEN);
                                assertThat(check.toString())
                                        .contains(FailureKind.IDENTITY_CHANGED.sentence());
                            });
        }
    }
}
