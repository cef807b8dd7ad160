package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.identity.Invitation;
import dev.custodian.server.config.Pem;
import dev.custodian.server.trust.TestRoot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The commands as an operator types them.
@ExtendWith(AudibleLog.class)
final class CommandTest {
    @TempDir private Path temporary;
    private Path folder;
    private Path config;

    /// What a command said.
    record Said(int code, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    private static Said run(Object... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        var words = new ArrayList<String>();
        for (var arg : args) {
            words.add(arg.toString());
        }
        int code =
                Main.run(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        words.toArray(String[]::new));
        assertThat(err.toString()).doesNotContain("\tat ").doesNotContain("Exception");
        return new Said(code, out.toString(), err.toString());
    }

    @BeforeEach
    void chooseFolder() {
        folder = temporary.resolve("data");
        config = folder.resolve("config.toml");
    }

    private void init() {
        assertThat(run("init", "--dir", folder, "--port", "0").code()).isZero();
    }

    @Test
    void initMakesPrivateFilesAndNeverReplacesOne() throws Exception {
        init();
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .isEqualTo("rw-------");
            }
        }
        var before = Files.readString(folder.resolve("identity.pem"));
        var again = run("init", "--dir", folder);
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("is there already and is not replaced");
        assertThat(Files.readString(folder.resolve("identity.pem"))).isEqualTo(before);
    }

    @Test
    void configIsPrintedWithAllDefaults() {
        init();
        var said = run("config", "--config", config);
        assertThat(said.code()).isZero();
        assertThat(said.out()).contains("region = \"EU\"").contains("port = 0");
    }

    @Test
    void refusalIsAnObjectTooWhereOneWasAskedFor() {
        init();
        var said =
                run(
                        "credential",
                        "list",
                        "--config",
                        config,
                        "--owner",
                        "own_" + "a".repeat(25),
                        "--json");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.json().get("failure").stringValue()).isEqualTo("usage");
        assertThat(said.json().get("detail").stringValue()).startsWith("--owner is");
        assertThat(said.err()).contains("--owner is").contains("--help");

        assertThat(run("config", "--config", folder).out()).isEmpty();
    }

    @Test
    void wrongConfigurationIsOneSentence() throws Exception {
        init();
        Files.writeString(config, Files.readString(config).replace("[listen]", "[lisden]"));
        var said = run("config", "--config", config);
        assertThat(said.code()).isEqualTo(3);
        assertThat(said.err())
                .startsWith("custodian-server: The configuration is not right. ")
                .contains("lisden is not a key that this version knows.")
                .endsWith("Correct the named line.\n");
        assertThat(said.err().lines()).hasSize(1);
        assertThat(run("config", "--config", folder.resolve("none.toml")).err())
                .contains("custodian-server init");
    }

    @Test
    void exposedOrDamagedKeyFilesAreRefused() throws Exception {
        init();
        for (var name : List.of("identity.pem", "journal.pem", "tls.pem", "master.key")) {
            var file = folder.resolve(name);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            var exposed = run("owner", "list", "--config", config);
            assertThat(exposed.code()).isEqualTo(3);
            assertThat(exposed.err()).contains("chmod 600").contains(name);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            assertThat(run("owner", "list", "--config", config).code()).isZero();

            var content = Files.readAllBytes(file);
            Files.writeString(file, "nonsense");
            var damaged = run("owner", "list", "--config", config);
            assertThat(damaged.code()).isEqualTo(3);
            assertThat(damaged.err()).contains(name);
            Files.write(file, content);
        }
    }

    @Test
    void wrongCommandLineIsOneSentence() {
        var said = run("owner", "invite");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).startsWith("custodian-server: The command line is not right. ");
        assertThat(said.err().lines()).hasSize(1);
        assertThat(run("--help").out()).contains("Exit codes:");
    }

    @Test
    void invitationNeedsToKnowWhereTheServerIs() {
        init();
        assertThat(run("owner", "invite", "--config", config).err()).contains("--url");
        assertThat(run("owner", "invite", "--config", config, "--url", "x").code()).isEqualTo(2);
    }

    @Test
    void operatorAndServerWorkOnOneFolder() throws Exception {
        init();
        try (var server = Running.start(config, temporary.resolve("ready.json"))) {
            var invited =
                    run(
                            "owner",
                            "invite",
                            "--config",
                            config,
                            "--name",
                            "Ada, of London",
                            "--url",
                            server.url,
                            "--json");
            assertThat(invited.code()).isZero();
            var invitation = Invitation.parse(invited.json().path("invitation").asString());
            var agent = new TestAgent(server.url, Clock.systemUTC());
            assertThat(agent.enrol(invitation).refusal()).isEqualTo("200");

            var owners = run("owner", "list", "--config", config, "--json").json();
            assertThat(owners.path("owners").path(0).path("owner").asString())
                    .isEqualTo(agent.owner().text());

            var made =
                    run(
                            "credential",
                            "create",
                            "--config",
                            config,
                            "--owner",
                            agent.owner(),
                            "--key",
                            "P-256",
                            "--key",
                            "RSA-2048",
                            "--json");
            assertThat(made.code()).isZero();
            assertThat(made.json().path("credentials").size()).isEqualTo(2);
            assertThat(made.json().path("credentials").path(0).path("request").asString())
                    .startsWith("-----BEGIN CERTIFICATE REQUEST-----");
            assertThat(agent.csc("credentials/list", "{}").body().path("credentialIDs").size())
                    .isEqualTo(2);
            assertThat(
                            run("credential", "list", "--config", config, "--owner", agent.owner())
                                    .out())
                    .contains("owner-sealed  embedded  (no certificate yet)");

            var verified = run("journal", "verify", "--config", config, "--json");
            assertThat(verified.code()).isZero();
            assertThat(verified.json().path("holds").asBoolean()).isTrue();
            var export = temporary.resolve("journal.jsonl");
            assertThat(run("journal", "export", "--config", config, "--out", export).code())
                    .isZero();
            assertThat(Files.readAllLines(export))
                    .hasSizeGreaterThan(4)
                    .filteredOn(line -> record(line).contains("\"created\""))
                    .hasSize(2)
                    .allMatch(line -> record(line).contains("\"origin\":\"embedded\""));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(export)))
                    .as("it names who signed what")
                    .isEqualTo("rw-------");
            assertThat(run("journal", "export", "--config", config, "--out", export).code())
                    .isEqualTo(6);

            var second = Running.refused(config);
            assertThat(second.code()).isEqualTo(4);
            assertThat(second.err()).contains("Another server runs on this data folder.");
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void readyFileNeverWritesThroughWhatLiesThere() throws Exception {
        init();
        var ready = temporary.resolve("ready.json");
        var precious = Files.writeString(temporary.resolve("precious"), "kept");
        Files.createSymbolicLink(temporary.resolve("ready.json.new"), precious);
        try (var server = Running.start(config, ready)) {
            assertThat(Files.readString(precious)).isEqualTo("kept");
            assertThat(Files.isSymbolicLink(ready)).isFalse();
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void readyFileThatCannotBeWrittenEndsTheServer() throws Exception {
        init();
        var ready = temporary.resolve("no folder").resolve("ready.json");
        var process = Running.launch(config, "--ready-file", ready.toString());
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(2);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void portInUseIsOneSentence() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            run("init", "--dir", folder, "--port", taken.getLocalPort());
            var said = Running.refused(config);
            assertThat(said.code()).isEqualTo(4);
            assertThat(said.err().lines().filter(line -> !line.startsWith("{")))
                    .containsExactly(
                            "custodian-server: The port is in use. 127.0.0.1:"
                                    + taken.getLocalPort()
                                    + " cannot be opened. Stop the other program, or choose"
                                    + " another port.");
        }
    }

    @Test
    void credentialOfNobodyIsRefused() {
        init();
        var said =
                run(
                        "credential",
                        "create",
                        "--config",
                        config,
                        "--owner",
                        "own_" + "a".repeat(26),
                        "--key",
                        "P-256");
        assertThat(said.code()).isEqualTo(6);
        assertThat(
                        run(
                                        "credential",
                                        "create",
                                        "--config",
                                        config,
                                        "--owner",
                                        "x",
                                        "--key",
                                        "P-256")
                                .code())
                .isEqualTo(2);
        assertThat(
                        run(
                                        "credential",
                                        "create",
                                        "--config",
                                        config,
                                        "--owner",
                                        "own_" + "a".repeat(26),
                                        "--key",
                                        "RSA-1024",
                                        "--subject",
                                        "CN=x")
                                .code())
                .isEqualTo(2);
    }

    /// The record in a line of the journal's export.
    private static String record(String line) {
        var record = JsonMapper.shared().readTree(line).path("record").asString();
        return new String(Base64.getUrlDecoder().decode(record), StandardCharsets.UTF_8);
    }

    /// A server in a process of its own.
    private static final class Running implements AutoCloseable {
        private final Process process;
        private final URI url;

        private Running(Process process, URI url) {
            this.process = process;
            this.url = url;
        }

        static Running start(Path config, Path readyFile) throws Exception {
            var process = launch(config, "--ready-file", readyFile.toString());
            var line = reader(process).readLine();
            assertThat(line).as("what the server says once it serves").isNotNull();
            assertThat(Files.readString(readyFile)).isEqualTo(line + "\n");
            var ready = JsonMapper.shared().readTree(line);
            assertThat(ready.path("ready").asBoolean()).isTrue();
            return new Running(process, URI.create(ready.path("url").asString()));
        }

        static Said refused(Path config) throws Exception {
            var process = launch(config);
            var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Said(process.waitFor(), "", err);
        }

        private static BufferedReader reader(Process process) {
            return process.inputReader();
        }

        private static Process launch(Path config, String... more) throws IOException {
            var words =
                    new ArrayList<>(
                            List.of(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-cp",
                                    System.getProperty(
                                            "surefire.test.class.path",
                                            System.getProperty("java.class.path")),
                                    Main.class.getName(),
                                    "run",
                                    "--config",
                                    config.toString()));
            words.addAll(List.of(more));
            var builder = new ProcessBuilder(words);
            if (more.length > 0) {
                builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            }
            return builder.start();
        }

        /// Ends it as a service manager does; returns its exit code.
        int stop() throws InterruptedException {
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Test
    void whoIsTrustedForTpmsIsImportedAndListed() throws Exception {
        init();
        assertThat(run("trust", "list", "--config", config).out()).contains("Nobody is trusted.");
        var from = Files.createDirectories(temporary.resolve("roots"));
        var refused = run("trust", "import", "--config", config, from);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("manifest.json: not there.");

        var root = TestRoot.named("Maker");
        var der = Bytes.of(root.getEncoded());
        var sha256 = Hashes.sha256(der).hex();
        Files.writeString(from.resolve(sha256 + ".pem"), Pem.write(Pem.CERTIFICATE, der));
        Files.writeString(
                from.resolve("manifest.json"),
                """
                {"version":1,"updated":"2020-01-01T00:00:00Z","authorities":[
                 {"name":"Maker Root","vendor":"Maker","kind":"root","sha256":"%s",
                  "source":"a letter","added":"2020-01-01T00:00:00Z"}]}
                """
                        .formatted(sha256));
        assertThat(run("trust", "import", "--config", config, from).code()).isZero();
        var listed = run("trust", "list", "--config", config);
        assertThat(listed.out())
                .contains("root  Maker  Maker Root")
                .contains("Last updated 2020-01-01T00:00:00Z")
                .contains("Look whether makers have added or withdrawn some.");
        var json = run("trust", "list", "--config", config, "--json").json();
        assertThat(json.get("old").asBoolean()).isTrue();
        assertThat(json.get("authorities").get(0).get("sha256").asString()).isEqualTo(sha256);

        Files.writeString(folder.resolve("trust/tpm/manifest.json"), "{}");
        assertThat(run("trust", "list", "--config", config).code()).isEqualTo(3);
    }
}
