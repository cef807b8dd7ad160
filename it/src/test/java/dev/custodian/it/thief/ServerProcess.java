package dev.custodian.it.thief;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import dev.custodian.testpki.Person;
import dev.custodian.testpki.TestCa;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// The server as it is shipped, in a process of its own, with the commands that an operator gives.
final class ServerProcess implements AutoCloseable {
    /// As `./custodian-server` starts it.
    static final List<String> SHIPPED = List.of("-XX:+UseSerialGC");

    private static final int LARGEST_ANSWER = 1 << 20;

    private final Path folder;
    private final Path config;
    private final Process process;
    private final String url;
    private final TestCa ca = TestCa.create(Clock.systemUTC(), new SecureRandom(), "Thief");

    private ServerProcess(Path folder, Path config, Process process, String url) {
        this.folder = folder;
        this.config = config;
        this.process = process;
        this.url = url;
    }

    /// A credential that was made and certified.
    record Made(Id id, X509Certificate certificate) {}

    /// Makes a data folder in `folder` and serves it; returns when it serves.
    ///
    /// @param jvm options of the virtual machine
    /// @param before folders of classes that are found before the shipped ones
    static ServerProcess start(Path folder, List<String> jvm, List<Path> before)
            throws IOException, InterruptedException, MalformedException {
        var data = folder.resolve("server").toString();
        var config = Path.of(command("init", "--dir", data, "--port", "0").text("config"));
        var process =
                new ProcessBuilder(line(jvm, before, "run", "--config", config.toString()))
                        .redirectError(folder.resolve("server.log").toFile())
                        .start();
        process.getOutputStream().close();
        var ready = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (ready == null) {
            throw new IOException("the server did not start: " + folder.resolve("server.log"));
        }
        return new ServerProcess(folder, config, process, parse(ready).text("url"));
    }

    long pid() {
        return process.pid();
    }

    Path config() {
        return config;
    }

    Path database() {
        return config.resolveSibling("custodian.db");
    }

    Path masterKey() {
        return config.resolveSibling("master.key");
    }

    Invitation invite(String name) throws IOException, InterruptedException, MalformedException {
        var answer =
                command(
                        "owner",
                        "invite",
                        "--config",
                        config.toString(),
                        "--url",
                        url,
                        "--name",
                        name);
        return Invitation.parse(answer.text("invitation"));
    }

    /// Makes credentials for documents, one for each key; a test CA certifies them.
    List<Made> credentials(Id owner, String custody, String... keys)
            throws IOException, InterruptedException, MalformedException {
        var line = new ArrayList<>(List.of("credential", "create", "--config", config.toString()));
        line.addAll(List.of("--owner", owner.text(), "--custody", custody));
        for (var key : keys) {
            line.addAll(List.of("--key", key));
        }
        var certify =
                new ArrayList<>(List.of("credential", "certify", "--config", config.toString()));
        var made = new ArrayList<Made>();
        for (var item : command(line.toArray(String[]::new)).items("credentials")) {
            var one = Json.members(item, "credential");
            var id = Id.parse(Id.Kind.CREDENTIAL, one.text("credential"));
            var pem = one.text("request").replaceAll("-----[^-]*-----", "");
            var request = Base64.getMimeDecoder().decode(pem);
            var certificate = ca.issue(request, new Person("Ada", "Test", "TEST-0003"));
            var chain = folder.resolve(id + ".pem");
            TestCa.writeCertificates(chain, certificate, ca.root());
            certify.add(chain.toString());
            made.add(new Made(id, certificate));
        }
        command(certify.toArray(String[]::new));
        return made;
    }

    private static Members command(String... arguments)
            throws IOException, InterruptedException, MalformedException {
        var line = line(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), List.of());
        line.addAll(List.of(arguments));
        line.add("--json");
        return parse(Program.succeed(line));
    }

    private static List<String> line(List<String> jvm, List<Path> before, String... arguments) {
        var classes = new StringBuilder();
        before.forEach(path -> classes.append(path).append(File.pathSeparatorChar));
        classes.append(Program.HOME.resolve("server/target/lib")).append("/*");
        var line = new ArrayList<String>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("--enable-native-access=ALL-UNNAMED");
        line.addAll(jvm);
        line.addAll(List.of("-cp", classes.toString(), "dev.custodian.server.Main"));
        line.addAll(List.of(arguments));
        return line;
    }

    private static Members parse(String json) throws MalformedException {
        return Json.members(Json.parse(Bytes.utf8(json), LARGEST_ANSWER), "answer");
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
