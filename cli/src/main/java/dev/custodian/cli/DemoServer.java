package dev.custodian.cli;

import dev.custodian.cli.ServerProgram.Work;
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
import java.net.URI;
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
    private final Invitation invitation;

    private DemoServer(
            ServerProgram program,
            DemoFolder folder,
            Path config,
            ServerProgram.Serving serving,
            Invitation invitation) {
        this.program = program;
        this.folder = folder;
        this.config = config;
        this.serving = serving;
        this.invitation = invitation;
    }

    /// Makes a data folder, serves it on a free port of this machine alone, and invites an owner of
    /// this name.
    static DemoServer start(ServerProgram program, DemoFolder folder, String owner)
            throws Refused, InterruptedException {
        var data = folder.resolve("server").toString();
        try {
            var made = program.command(Work.LITTLE, List.of("init", "--dir", data, "--port", "0"));
            var config = Path.of(made.text("config"));
            // Made while the server starts, when its port is not known yet.
            var inviting =
                    Background.start(
                            () ->
                                    command(
                                            program,
                                            config,
                                            Work.LITTLE,
                                            List.of(
                                                    "owner",
                                                    "invite",
                                                    "--name",
                                                    owner,
                                                    "--url",
                                                    "https://127.0.0.1")));
            var serving = program.serve(config);
            var code = Invitation.parse(inviting.await().text("invitation"));
            var url = URI.create(serving.ready().text("url"));
            return new DemoServer(
                    program,
                    folder,
                    config,
                    serving,
                    new Invitation(url, code.code(), code.thumbprint()));
        } catch (MalformedException e) {
            throw broken(e);
        } catch (IllegalArgumentException _) {
            throw new Refused(FailureKind.PROTOCOL_BROKEN, "The server names no address.");
        }
    }

    /// `https://127.0.0.1:PORT`
    URI url() {
        return invitation.base();
    }

    /// For the owner of the demo.
    Invitation invitation() {
        return invitation;
    }

    /// The process that serves.
    Process process() {
        return serving.process();
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
            for (var item : command(program, config, Work.MUCH, line).items("credentials")) {
                var one = Json.members(item, "the credential");
                var id = Id.parse(Id.Kind.CREDENTIAL, one.text("credential"));
                var chain = folder.resolve(id.text() + ".pem");
                TestCa.writeCertificates(
                        chain, ca.issue(der(one.text("request")), person), ca.root());
                certify.add(chain.toString());
                made.add(new Made(id, KeyAlgorithm.ofName(one.text("key"))));
            }
            command(program, config, Work.LITTLE, certify);
            return made;
        } catch (MalformedException e) {
            throw broken(e);
        } catch (IOException _) {
            throw new Refused(FailureKind.DISK_FULL, "A certificate could not be written.");
        }
    }

    /// Runs a command on the data folder: first its two words, then what it is given.
    private static Members command(ServerProgram program, Path config, Work work, List<String> line)
            throws Refused, InterruptedException {
        var whole = new ArrayList<>(line);
        whole.addAll(2, List.of("--config", config.toString()));
        return program.command(work, whole);
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
