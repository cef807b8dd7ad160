package dev.custodian.it;

import dev.custodian.core.Custody;
import dev.custodian.core.Purpose;
import dev.custodian.testpki.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/// A user's machine with an agent, in a folder: the programs of others run on it.
final class Programs implements AutoCloseable {
    /// Two keys for each purpose, each with certificate, public and private key, and one CA.
    private static final int OBJECTS = 2 * 3 * 3 + 1;

    private final Path folder;
    private final Serving serving;
    private AgentProcess agent;
    private final Path certificate;

    private Programs(Path folder, Serving serving, AgentProcess agent, Path certificate) {
        this.folder = folder;
        this.serving = serving;
        this.agent = agent;
        this.certificate = certificate;
    }

    static Programs start(Path folder) throws Exception {
        var installation = Installation.in(folder);
        var serving = installation.serve();
        var device =
                OwnerDevice.enrol(installation.invite(serving.url()), folder.resolve("device"));
        var documents = make(installation, device, Purpose.DOCUMENT);
        make(installation, device, Purpose.LOGIN);
        make(installation, device, Purpose.CODE);
        TestCa.writeCertificates(folder.resolve("root.pem"), installation.ca().root());
        Files.createDirectories(folder.resolve("home/.ssh"));
        Files.createDirectories(folder.resolve("run"));
        Files.createSymbolicLink(folder.resolve("run/custodian"), folder.resolve("sockets"));
        var programs =
                new Programs(
                        folder,
                        serving,
                        AgentProcess.start(folder),
                        folder.resolve(documents.getFirst().id() + ".pem"));
        programs.awaitObjects();
        return programs;
    }

    private void awaitObjects() {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> objects() == OBJECTS);
    }

    private long objects() throws Exception {
        return run("pkcs11").out().lines().filter(line -> line.startsWith("Object ")).count();
    }

    /// Starts one anew after the last has ended.
    void startAgent() throws Exception {
        agent = AgentProcess.start(folder);
        awaitObjects();
    }

    void stopServer() throws IOException {
        serving.close();
    }

    private static List<Installation.Made> make(
            Installation installation, OwnerDevice device, Purpose purpose) throws Exception {
        return installation.credentials(
                Custody.OWNER_SEALED, purpose, device.owner(), "RSA-3072", "P-256");
    }

    AgentProcess agent() {
        return agent;
    }

    Path root() {
        return folder.resolve("root.pem");
    }

    /// The certificate of `document-rsa-3072`.
    Path certificate() {
        return certificate;
    }

    /// What ssh lists.
    String publicKeys() throws Exception {
        return Program.run(
                        folder,
                        Map.of("SSH_AUTH_SOCK", agent.socket().toString()),
                        List.of("ssh-add", "-L"))
                .orFail()
                .out();
    }

    /// A new folder with what the recipes sign; a database that NSS left in the home is gone.
    Path work(String name) throws Exception {
        Program.run("rm", "-rf", folder.resolve("home/.pki").toString()).orFail();
        var work = Files.createDirectories(folder.resolve("work").resolve(name));
        Files.writeString(work.resolve("letter.txt"), "Dear Charles,\n");
        return work;
    }

    Map<String, String> environment() {
        var all = new HashMap<String, String>();
        var home = folder.resolve("home");
        all.put("HOME", home.toString());
        all.put("XDG_CONFIG_HOME", home.resolve(".config").toString());
        all.put("XDG_RUNTIME_DIR", folder.resolve("run").toString());
        all.put(
                "PATH",
                String.join(
                        ":",
                        Program.HOME.resolve("target/python/bin").toString(),
                        Path.of(System.getProperty("java.home"), "bin").toString(),
                        System.getenv("PATH"),
                        "/usr/sbin"));
        return all;
    }

    /// Runs a page's commands as a user who is not root.
    Program.Ran run(String page) throws Exception {
        return run(page, work(page), Map.of());
    }

    Program.Ran run(String page, Path work, Map<String, String> more) throws Exception {
        return run(page, work, more, true);
    }

    Program.Ran run(String page, Path work, Map<String, String> more, boolean asNobodySpecial)
            throws Exception {
        var environment = new HashMap<>(environment());
        environment.putAll(more);
        return Recipe.of(page).run(work, environment, asNobodySpecial);
    }

    /// Runs one command to check what a recipe made.
    Program.Ran check(Path work, String command) throws Exception {
        return Program.run(
                work,
                Map.of("ROOT", root().toString(), "HOME", folder.resolve("home").toString()),
                List.of("sh", "-euc", command));
    }

    @Override
    public void close() throws IOException {
        agent.close();
        serving.close();
    }
}
