package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import dev.custodian.testpki.Person;
import dev.custodian.testpki.TestCa;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// The demo's own server, and the commands that an operator gives it.
final class DemoServer {
    private final ServerProgram program;
    private final DemoFolder folder;
    private final Path config;
    private final ServerProgram.Serving serving;

    private DemoServer(
            ServerProgram program, DemoFolder folder, Path config, ServerProgram.Serving serving) {
        this.program = program;
        this.folder = folder;
        this.config = config;
        this.serving = serving;
    }

    /// Makes a data folder and serves it on a free port of this machine alone.
    static DemoServer start(ServerProgram program, DemoFolder folder)
            throws Refused, InterruptedException {
        var data = folder.resolve("server").toString();
        try {
            var made = program.command("init", "--dir", data, "--port", "0");
            var config = Path.of(made.text("config"));
            return new DemoServer(program, folder, config, program.serve(config));
        } catch (MalformedException e) {
            throw broken(e);
        }
    }

    /// `https://127.0.0.1:PORT`
    String url() throws Refused {
        try {
            return serving.ready().text("url");
        } catch (MalformedException e) {
            throw broken(e);
        }
    }

    /// The process that serves.
    Process process() {
        return serving.process();
    }

    /// An invitation for an owner of this name.
    Invitation invite(String name) throws Refused, InterruptedException {
        try {
            return Invitation.parse(
                    command("owner", "invite", "--name", name, "--url", url()).text("invitation"));
        } catch (MalformedException e) {
            throw broken(e);
        }
    }

    /// A credential that was made and certified.
    record Made(Id id, KeyAlgorithm algorithm) {}

    /// Makes owner-sealed credentials for documents; the test CA certifies each for the person.
    List<Made> makeCredentials(Id owner, List<KeyAlgorithm> keys, TestCa ca, Person person)
            throws Refused, InterruptedException {
        try {
            var line = new ArrayList<>(List.of("credential", "create", "--owner", owner.text()));
            line.addAll(List.of("--purpose", "document", "--custody", "owner-sealed"));
            keys.forEach(key -> line.addAll(List.of("--key", key.display())));
            var made = new ArrayList<Made>();
            var certify = new ArrayList<>(List.of("credential", "certify"));
            for (var item : command(line.toArray(String[]::new)).items("credentials")) {
                var one = Json.members(item, "the credential");
                var id = Id.parse(Id.Kind.CREDENTIAL, one.text("credential"));
                var chain = folder.resolve(id.text() + ".pem");
                TestCa.writeCertificates(
                        chain, ca.issue(der(one.text("request")), person), ca.root());
                certify.add(chain.toString());
                made.add(new Made(id, KeyAlgorithm.ofName(one.text("key"))));
            }
            command(certify.toArray(String[]::new));
            return made;
        } catch (MalformedException e) {
            throw broken(e);
        } catch (IOException _) {
            throw new Refused(FailureKind.DISK_FULL, "A certificate could not be written.");
        }
    }

    private Members command(String... arguments) throws Refused, InterruptedException {
        var line = new ArrayList<>(List.of(arguments));
        // after the words of the command itself
        line.addAll(2, List.of("--config", config.toString()));
        return program.command(line.toArray(String[]::new));
    }

    /// What stands between the lines of a PEM block (RFC 7468).
    private static byte[] der(String pem) throws MalformedException {
        try {
            return Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("no PEM");
        }
    }

    private static Refused broken(MalformedException e) {
        return new Refused(
                FailureKind.PROTOCOL_BROKEN, "The server's command: " + e.getMessage() + ".");
    }
}
