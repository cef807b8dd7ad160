package dev.custodian.cli;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.document.PdfSigning;
import dev.custodian.document.Trust;
import dev.custodian.link.Credential;
import dev.custodian.testpki.Person;
import dev.custodian.testpki.TestCa;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Signs a PDF with a key that lives on a server, from nothing: server, agent, owner, device,
/// credentials, approval, signature, proof; and the same key in another program's hands.
final class Demo {
    static final List<KeyAlgorithm> KEYS = List.of(KeyAlgorithm.RSA_3072, KeyAlgorithm.P256);

    private static final KeyAlgorithm CODE = KeyAlgorithm.P256;

    static final Person PERSON = new Person("Mara", "Muster", "TEST-0001");
    static final String OWNER = "Mara Muster (TEST)";

    private final Stage stage;
    private final Progress progress;
    private final @Nullable PlayedPart part;
    private final Clock clock;
    private final SecureRandom random;

    /// @param part who answers the agent; null for the person at the terminal
    Demo(
            Stage stage,
            Progress progress,
            @Nullable PlayedPart part,
            Clock clock,
            SecureRandom random) {
        this.stage = stage;
        this.progress = progress;
        this.part = part;
        this.clock = clock;
        this.random = random;
    }

    /// What a demo is about.
    ///
    /// @param key which of [#KEYS] signs
    /// @param code whether there is to be a credential for code too
    record Order(Path input, OutputFiles files, KeyAlgorithm key, boolean code) {
        private List<DemoServer.Order> credentials() {
            var documents = new DemoServer.Order(Purpose.DOCUMENT, KEYS);
            return code
                    ? List.of(documents, new DemoServer.Order(Purpose.CODE, List.of(CODE)))
                    : List.of(documents);
        }
    }

    /// A demo that was played; its server and its agent still run.
    ///
    /// @param code the credential for code; null when none was ordered
    record Played(DemoServer server, DemoAgent agent, @Nullable Credential code, DemoResult result)
            implements AutoCloseable {
        @Override
        public void close() {
            agent.close();
        }
    }

    /// Plays it; a demo that is refused or interrupted leaves no file.
    Played play(Order order) throws Refused, InterruptedException {
        try {
            PdfSigning.requireSignable(order.input, order.files.signed());
            order.files.requireFree();
            progress.step("checked the PDF: it can be signed, and the output can be written");
            var booting = Background.start(() -> DemoServer.start(stage.processes(), OWNER));
            var certifier = Background.start(() -> TestCa.create(clock, random, "Custodian demo"));
            var agent = DemoAgent.start(stage.processes(), part);
            try {
                return with(agent, booting.await(), certifier.await(), order);
            } catch (Refused | InterruptedException | RuntimeException e) {
                agent.close();
                throw e;
            }
        } catch (Refused | InterruptedException | RuntimeException e) {
            order.files.discard();
            throw e;
        }
    }

    private Played with(DemoAgent agent, DemoServer server, TestCa ca, Order order)
            throws Refused, InterruptedException {
        progress.step("started a server of its own, at " + server.url() + ", and an agent");
        var owner = agent.join(server.invitation());
        progress.step("joined: the agent keeps device key and share; PIN chosen");

        var made = server.makeCredentials(owner, order.credentials(), ca, PERSON);
        agent.link().sync();
        progress.step(
                "made %d credentials, owner-sealed; the test CA certified them"
                        .formatted(made.size()));
        made.forEach(
                one ->
                        progress.more(
                                "%-8s  %-9s %s"
                                        .formatted(
                                                one.algorithm().display(),
                                                one.purpose().text(),
                                                one.id())));
        var credential = credential(agent, made, Purpose.DOCUMENT, order.key);
        var code = order.code ? credential(agent, made, Purpose.CODE, CODE) : null;
        return new Played(server, agent, code, sign(order, agent, server, credential, ca));
    }

    private static Credential credential(
            DemoAgent agent, List<DemoServer.Made> made, Purpose purpose, KeyAlgorithm key)
            throws Refused {
        for (var one : made) {
            if (one.purpose() == purpose && one.algorithm() == key) {
                return agent.link().credential(one.id().text());
            }
        }
        throw new IllegalStateException(purpose + " " + key);
    }

    private DemoResult sign(
            Order order, DemoAgent agent, DemoServer server, Credential credential, TestCa ca)
            throws Refused, InterruptedException {
        var files = order.files;
        var signing = DocumentSigning.prepare(order.input, files.signed(), credential, clock);
        progress.step(
                "hashed the PDF; only the digest travels. The agent asks, and shows this too:");
        signing.lines().forEach(progress::more);
        var signature = signing.ask(agent.link());
        progress.step("approved with PIN and device key; the server signed");

        var proving =
                Background.start(() -> server.prove(credential.id(), signing.digest(), signature));
        var trust = new Trust(List.of(ca.root()), List.of(ca.revocationList()), true);
        var report = signing.complete(signature, trust);
        files.keep(files.signed());
        files.write(files.root(), ca::writeRoot);
        files.write(files.crl(), ca::writeRevocationList);
        progress.step("wrote the signed PDF and verified it");

        var openSsl = openSsl(agent, credential);
        var proof = proving.await();
        progress.step("checked the journal's records of approval, use and outcome");
        return new DemoResult(files, credential, signing.scheme(), proof, report, openSsl);
    }

    private String openSsl(DemoAgent agent, Credential credential)
            throws Refused, InterruptedException {
        var openSsl = OpenSsl.through(agent.socket("p11.sock"), stage.folder());
        var missing = openSsl.missing();
        if (!missing.isEmpty()) {
            return "The same key was not tried through openssl: " + missing + ".";
        }
        progress.step("openssl signs with the same key; the agent asks again");
        return openSsl.sign(credential);
    }
}
