package dev.custodian.cli;

import dev.custodian.cli.Processes.Work;
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
import dev.custodian.testpki.Person;
import dev.custodian.testpki.TestCa;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// The demo's own server, and the commands that an operator gives it.
final class DemoServer {
    private static final int LOOKS = 10;

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
    static DemoServer start(Processes processes, String owner)
            throws Refused, InterruptedException {
        var program = new ServerProgram(processes);
        var folder = processes.folder();
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

    /// Keys that are wanted for one purpose.
    record Order(Purpose purpose, List<KeyAlgorithm> keys) {}

    /// A credential that was made.
    ///
    /// @param chain the file with its certificate and the test root
    record Made(Id id, KeyAlgorithm algorithm, Purpose purpose, Path chain) {}

    /// Makes owner-sealed credentials; the test CA certifies each for the person.
    List<Made> makeCredentials(Id owner, List<Order> orders, TestCa ca, Person person)
            throws Refused, InterruptedException {
        var making = new ArrayList<Background<List<Made>>>();
        for (var order : orders) {
            making.add(Background.start(() -> make(owner, order, ca, person)));
        }
        var made = new ArrayList<Made>();
        for (var one : making) {
            made.addAll(one.await());
        }
        var certify = new ArrayList<>(List.of("credential", "certify"));
        made.forEach(one -> certify.add(one.chain.toString()));
        command(program, config, Work.LITTLE, certify);
        return made;
    }

    private List<Made> make(Id owner, Order order, TestCa ca, Person person)
            throws Refused, InterruptedException {
        try {
            var line = new ArrayList<>(List.of("credential", "create", "--owner", owner.text()));
            line.addAll(List.of("--purpose", order.purpose.text(), "--custody", "owner-sealed"));
            order.keys.forEach(key -> line.addAll(List.of("--key", key.display())));
            var made = new ArrayList<Made>();
            for (var item : command(program, config, Work.MUCH, line).items("credentials")) {
                var one = Json.members(item, "the credential");
                var id = Id.parse(Id.Kind.CREDENTIAL, one.text("credential"));
                var chain = folder.resolve(id.text() + ".pem");
                var certificate = ca.issue(der(one.text("request")), person, order.purpose);
                TestCa.writeCertificates(chain, certificate, ca.root());
                made.add(new Made(id, KeyAlgorithm.ofName(one.text("key")), order.purpose, chain));
            }
            return made;
        } catch (MalformedException e) {
            throw broken(e);
        } catch (IOException _) {
            throw new Refused(FailureKind.DISK_FULL, "A certificate could not be written.");
        }
    }

    /// What the journal holds about a signature. The outcome follows in a later batch of it.
    JournalProof prove(Id chain, Bytes digest, Bytes signature)
            throws Refused, InterruptedException {
        for (int look = 0; look < LOOKS; look++) {
            var proof = JournalProof.read(exportJournal(look), chain, digest, signature);
            if (proof != null) {
                return proof;
            }
        }
        throw new Refused(FailureKind.JOURNAL_BROKEN, "The journal gives no outcome of the use.");
    }

    /// Writes the whole journal into a new file of the demo's folder.
    ///
    /// @param number tells one file from another
    private Path exportJournal(int number) throws Refused, InterruptedException {
        var file = folder.resolve("journal-" + number + ".jsonl");
        command(
                program,
                config,
                Work.LITTLE,
                List.of("journal", "export", "--out", file.toString()));
        return file;
    }

    /// Writes the certificate of the server's TLS key into the demo's folder: it is its own root.
    Path writeCertificate() throws Refused {
        try {
            var pem = Files.readString(folder.resolve("server").resolve("tls.pem"));
            return Files.writeString(
                    folder.resolve("server.pem"),
                    pem.substring(pem.indexOf("-----BEGIN CERTIFICATE-----")));
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
