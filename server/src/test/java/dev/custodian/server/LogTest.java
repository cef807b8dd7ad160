package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.logstash.logback.encoder.LogstashEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// The log, at its most talkative, of a whole life: no secret is in it in any encoding.
final class LogTest {
    private static final String PATH = "/csc/v2/signatures/signHash";

    /// Log lines as they are written to stderr.
    private static final class Lines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
        private final Logger root =
                (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        private final Level before = root.getLevel();
        private final LogstashEncoder encoder = new LogstashEncoder();
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        Lines() {
            var context = root.getLoggerContext();
            encoder.setContext(context);
            encoder.start();
            setContext(context);
            start();
            root.setLevel(Level.DEBUG);
            Logging.quieten(context);
            root.addAppender(this);
        }

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(new String(encoder.encode(event), StandardCharsets.UTF_8));
        }

        @Override
        public void close() {
            root.detachAppender(this);
            root.setLevel(before);
        }
    }

    @Test
    void noSecretIsLogged(@TempDir Path folder) throws Exception {
        var secrets = new LinkedHashMap<String, Bytes>();
        List<String> lines;
        try (var log = new Lines();
                var server = TestServer.start(folder)) {
            var agent = new TestAgent(server.url(), server.clock);
            agent.pin = "Tr0ub4dor-Pin";
            var invitation = server.invite();
            assertThat(agent.enrol(invitation).refusal()).isEqualTo("200");
            var credential = server.credential(agent.owner(), KeyAlgorithm.P256);
            var digest = agent.random(32);
            var approval = agent.approval(credential, digest);
            var sad = agent.csc("credentials/authorize", approval.body()).text("SAD");
            var signing =
                    TestAgent.signing(credential, sad, Scheme.ECDSA_SHA256.combinedOid(), digest);
            assertThat(agent.csc("signatures/signHash", signing).refusal()).isEqualTo("200");
            provoke(agent, credential, sad);

            secrets.put("PIN", Bytes.utf8(agent.pin));
            secrets.put("share", agent.share);
            secrets.put("r", approval.r);
            secrets.put("SAD", Bytes.utf8(sad));
            secrets.put("SAD's octets", Bytes.fromBase64Url(sad.substring(4)));
            secrets.put("token", Bytes.utf8(agent.token()));
            secrets.put("token's octets", Bytes.fromBase64Url(agent.token().substring(4)));
            secrets.put("code", Bytes.utf8(invitation.codeText()));
            secrets.put("code's octets", invitation.code());
            lines = List.copyOf(log.lines);
        }
        var log = String.join("\n", lines);
        secrets.forEach(
                (name, secret) ->
                        encodings(secret)
                                .forEach(
                                        (encoding, text) ->
                                                assertThat(log.contains(text))
                                                        .as(name + " in " + encoding)
                                                        .isFalse()));
        // the search can see: what belongs into the log is found
        assertThat(log).contains(PATH).contains("\"status\":200").contains("\"request\":\"");
    }

    /// Whatever makes a server talk: refusals, and secrets in places where they do not belong.
    private static void provoke(TestAgent agent, dev.custodian.core.Id credential, String sad)
            throws Exception {
        var wrong = agent.approval(credential, agent.random(32));
        wrong.share = agent.random(32);
        agent.csc("credentials/authorize", wrong.body());
        agent.csc("signatures/signHash", "{\"SAD\":\"" + sad + "\"");
        agent.csc("signatures/signHash", Map.of("credentialID", sad, "SAD", sad));
        agent.send(PATH, "{}", "Bearer " + agent.token(), "");
        agent.send(PATH + "?SAD=" + sad + "&token=" + agent.token(), "{}", "", "");
        agent.send("/" + sad + "/" + agent.token(), "{}", "", "");
    }

    @Test
    void eachRequestIsOneLineWithItsId(@TempDir Path folder) throws Exception {
        try (var log = new Lines();
                var server = TestServer.start(folder)) {
            var agent = new TestAgent(server.url(), server.clock);
            var answer = agent.get("/identity?x=y");
            var id = answer.header("X-Request-Id");
            var lines = new ArrayList<String>();
            var end = System.nanoTime() + 5_000_000_000L;
            // the line is written after the answer
            while (lines.isEmpty() && System.nanoTime() < end) {
                log.lines.stream().filter(line -> line.contains(id)).forEach(lines::add);
            }
            assertThat(lines).hasSize(1);
            assertThat(lines.getFirst())
                    .contains("\"method\":\"GET\"")
                    .contains("\"path\":\"/identity\"")
                    .contains("\"status\":200")
                    .doesNotContain("x=y");
        }
    }

    private static Map<String, String> encodings(Bytes secret) {
        var encodings = new LinkedHashMap<String, String>();
        encodings.put("hex", secret.hex());
        encodings.put("HEX", secret.hex().toUpperCase(Locale.ROOT));
        var plain = new String(secret.toArray(), StandardCharsets.ISO_8859_1);
        encodings.put("plain", plain);
        for (int shift = 0; shift < 3; shift++) {
            // the characters that do not depend on what stands before and after
            var shifted = new byte[shift + secret.size()];
            System.arraycopy(secret.toArray(), 0, shifted, shift, secret.size());
            var standard = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            var inner = standard.substring(shift == 0 ? 0 : 4, shifted.length / 3 * 4);
            encodings.put("base64, shifted by " + shift, inner);
            encodings.put(
                    "base64url, shifted by " + shift, inner.replace('+', '-').replace('/', '_'));
        }
        return encodings;
    }
}
