package dev.custodian.cli;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import dev.custodian.document.DetachedSignature;
import dev.custodian.testpki.TestCa;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// Has .NET, a program that knows nothing of us, sign a file with a certificate of the Windows
/// store: Windows under Wine, the agent as Windows runs it, the server on this machine.
final class WindowsDemo {
    private static final String CLI = "dev.custodian.cli.Main";
    private static final int LARGEST_ANSWER = 1 << 20;

    private final Stage stage;
    private final Progress progress;
    private final WineWindows windows;
    private final SecureRandom random;

    WindowsDemo(Stage stage, Progress progress, WineWindows windows, SecureRandom random) {
        this.stage = stage;
        this.progress = progress;
        this.windows = windows;
        this.random = random;
    }

    /// Plays it; a demo that is refused or interrupted leaves no file.
    ///
    /// @param files for the detached signature (CMS)
    WindowsResult play(Path input, OutputFiles files, KeyAlgorithm key)
            throws Refused, InterruptedException {
        try {
            files.requireFree();
            return perform(input, files, key);
        } catch (Refused | InterruptedException | RuntimeException e) {
            files.discard();
            throw e;
        }
    }

    private WindowsResult perform(Path input, OutputFiles files, KeyAlgorithm key)
            throws Refused, InterruptedException {
        var booting = Background.start(() -> DemoServer.start(stage.processes(), Demo.OWNER));
        var ca = TestCa.create(Clock.systemUTC(), random, "Custodian demo");
        startAgent();
        var server = booting.await();
        progress.step(
                "started a server of its own, at "
                        + server.url()
                        + ", and the agent in that Windows");
        var owner = join(server.invitation());
        progress.step("joined: the agent keeps device key and share; PIN chosen");

        var made =
                server.makeCredentials(
                                owner,
                                List.of(new DemoServer.Order(Purpose.DOCUMENT, List.of(key))),
                                ca,
                                Demo.PERSON)
                        .getFirst();
        command("credential", "sync");
        var name = nameInStore(made.id());
        progress.step(
                "made a credential, owner-sealed; the test CA certified it, and the agent put");
        progress.more("its certificate into the Windows store: " + name);

        progress.step(".NET hashes the file and signs with that certificate; the agent asks");
        var signed = sign(input, files, name);
        progress.step("approved with PIN and device key; the server signed");

        files.write(files.root(), ca::writeRoot);
        files.write(files.crl(), ca::writeRevocationList);
        var openSsl = verify(input, files);
        var proof = server.prove(made.id(), signed.digest(), signed.value());
        progress.step("checked the journal's records of approval, use and outcome");
        command("logout");
        return new WindowsResult(input, files, name, made.id(), signed.scheme(), proof, openSsl);
    }

    private void startAgent() throws Refused, InterruptedException {
        var log = stage.folder().resolve("agent.log");
        var state = WineWindows.path(stage.folder().resolve("device"));
        var agent =
                stage.processes()
                        .start(
                                windows.java(
                                                "agent",
                                                "dev.custodian.agent.Main",
                                                List.of("--state", state))
                                        .redirectError(Redirect.to(log.toFile())));
        if (Processes.firstLine(agent, "The agent").isEmpty()) {
            throw ServerProgram.unforeseen("custodian agent", Processes.log(log));
        }
    }

    /// Runs a `custodian` command on Windows.
    private String command(String... line) throws Refused, InterruptedException {
        return command(List.of(line), "");
    }

    private String command(List<String> line, String input) throws Refused, InterruptedException {
        return windows.run(
                "custodian " + String.join(" ", line), windows.java("cli", CLI, line), input);
    }

    /// Makes that Windows a device of the invited owner, and returns the owner.
    private Id join(Invitation invitation) throws Refused, InterruptedException {
        var said =
                command(
                        List.of("join", "-", "--name", "demo", "--json"),
                        invitation.expose() + "\n");
        try {
            return Id.parse(Id.Kind.OWNER, object(said.strip()).text("owner"));
        } catch (MalformedException e) {
            throw broken("custodian join", e);
        }
    }

    private static Members object(String json) throws MalformedException {
        return Json.members(Json.parse(Bytes.utf8(json), LARGEST_ANSWER), "the answer");
    }

    private static Refused broken(String what, MalformedException e) {
        return new Refused(FailureKind.INTERNAL, what + ": " + e.getMessage() + ".");
    }

    /// How Windows calls the only certificate that is there for this demo.
    private String nameInStore(Id credential) throws Refused, InterruptedException {
        var names = new ArrayList<String>();
        for (var line : windows.run(".NET", windows.sign("list"), "").lines().toList()) {
            var parts = line.split(" \\| ", -1);
            if (parts.length == 3 && parts[0].startsWith("Custodian: ")) {
                names.add(parts[0]);
            }
        }
        if (names.size() != 1) {
            throw new Refused(
                    FailureKind.INTERNAL,
                    "The Windows store has "
                            + names.size()
                            + " certificates of Custodian, not that of "
                            + credential
                            + " alone.");
        }
        return names.getFirst();
    }

    private DetachedSignature sign(Path input, OutputFiles files, String name)
            throws Refused, InterruptedException {
        var to = stage.folder().resolve("windows.p7s");
        var _ =
                windows.run(
                        ".NET",
                        windows.sign("cms", name, WineWindows.path(input), WineWindows.path(to)),
                        "");
        try {
            var cms = Files.readAllBytes(to);
            files.write(files.signed(), file -> Files.write(file, cms));
            return DetachedSignature.read(Bytes.of(cms));
        } catch (IOException _) {
            throw new Refused(FailureKind.INTERNAL, ".NET wrote no signature.");
        }
    }

    /// Has openssl check the signature, up to the test root.
    private String verify(Path input, OutputFiles files) throws Refused, InterruptedException {
        var log = stage.folder().resolve("openssl.log");
        var line = new ArrayList<>(List.of("openssl"));
        line.addAll(WindowsResult.checking(input, files));
        line.addAll(List.of("-out", "/dev/null"));
        var process =
                stage.processes()
                        .start(
                                new ProcessBuilder(line)
                                        .redirectErrorStream(true)
                                        .redirectOutput(log.toFile()));
        var accepted = process.waitFor() == 0;
        var said = Processes.log(log).lines().reduce("", (_, last) -> last);
        if (!accepted) {
            throw new Refused(
                    FailureKind.SIGNATURE_WRONG, "openssl says: " + Words.printable(said));
        }
        progress.step("openssl accepts signature and certificate");
        return Words.printable(said);
    }
}
