package dev.custodian.cli;

import dev.custodian.client.Credential;
import dev.custodian.client.Credentials;
import dev.custodian.client.DeviceSession;
import dev.custodian.client.FactorSource;
import dev.custodian.client.Journal;
import dev.custodian.client.Signing;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.document.PdfReport;
import dev.custodian.document.PdfSigning;
import dev.custodian.document.PdfVerification;
import dev.custodian.document.Prepared;
import dev.custodian.document.SigningRequest;
import dev.custodian.document.Trust;
import dev.custodian.testpki.Person;
import dev.custodian.testpki.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/// Signs a PDF with a key that lives on a server, from nothing: server, owner, device, credentials,
/// approval, signature, proof.
final class Demo {
    static final List<KeyAlgorithm> KEYS = List.of(KeyAlgorithm.RSA_3072, KeyAlgorithm.P256);

    private static final Person PERSON = new Person("Mara", "Muster", "TEST-0001");
    private static final String OWNER = "Mara Muster (TEST)";
    private static final int TRIES = 3;

    private final Stage stage;
    private final Progress progress;
    private final PinSource pins;
    private final Clock clock;
    private final SecureRandom random;

    Demo(Stage stage, Progress progress, PinSource pins, Clock clock, SecureRandom random) {
        this.stage = stage;
        this.progress = progress;
        this.pins = pins;
        this.clock = clock;
        this.random = random;
    }

    /// What a demo is about.
    ///
    /// @param key which of [#KEYS] signs
    record Order(Path input, OutputFiles files, KeyAlgorithm key) {}

    /// A demo that was played; its server still runs.
    record Played(DemoServer server, DemoDevice device, DeviceSession session, DemoResult result)
            implements AutoCloseable {
        @Override
        public void close() {
            session.close();
        }
    }

    /// Plays it; a demo that is refused or interrupted leaves no file.
    Played play(Order order) throws Refused, InterruptedException {
        try {
            return steps(order);
        } catch (Refused | InterruptedException | RuntimeException e) {
            order.files.discard();
            throw e;
        }
    }

    private Played steps(Order order) throws Refused, InterruptedException {
        PdfSigning.requireSignable(order.input, order.files.signed());
        order.files.requireFree();
        progress.step("checked the PDF: it can be signed, and the output can be written");

        var booting =
                Background.start(() -> DemoServer.start(stage.program(), stage.folder(), OWNER));
        var certifier = Background.start(() -> TestCa.create(clock, random, "Custodian demo"));
        DemoServer server;
        DemoDevice device;
        try (var pin = pins.choose()) {
            server = booting.await();
            progress.step("started a server of its own, at " + server.url());
            device = DemoDevice.enrol(server.invitation(), pin, stage.folder(), clock, random);
        }
        var owner = device.memory().now().owner();
        progress.step("enrolled this device: key and share in a file, PIN chosen");

        var ca = certifier.await();
        var made = server.makeCredentials(owner, KEYS, ca, PERSON);
        progress.step("made two credentials, owner-sealed; the test CA certified them");
        made.forEach(one -> progress.more(one.algorithm().display() + "  " + one.id()));

        var session = DeviceSession.open(device.memory(), device.signer(), clock, random);
        try {
            var chosen = made.stream().filter(one -> one.algorithm() == order.key).findFirst();
            var credential = new Credentials(session).info(chosen.orElseThrow().id());
            var result = sign(order, session, device, credential, ca);
            return new Played(server, device, session, result);
        } catch (Refused | RuntimeException | InterruptedException e) {
            session.close();
            throw e;
        }
    }

    private DemoResult sign(
            Order order, DeviceSession session, DemoDevice device, Credential credential, TestCa ca)
            throws Refused, InterruptedException {
        var scheme =
                SignatureScheme.of(
                        Scheme.plain(credential.algorithm().family(), HashAlgorithm.SHA256));
        var prepared =
                PdfSigning.prepare(
                        new SigningRequest(
                                order.input,
                                order.files.signed(),
                                credential.chain(),
                                scheme,
                                clock.instant()));
        var card = ApprovalCard.of(order.input, size(order.input), prepared, credential);
        progress.step("hashed the PDF; only the digest travels. To approve:");
        card.lines().forEach(progress::more);

        var journal = new Journal(session);
        var request =
                new Signing.Request(
                        credential,
                        scheme,
                        List.of(new Matter.Digest(prepared.digestToSign(), "")),
                        card.shown());
        var signed = approve(new Signing(session, journal, random), request, device);
        progress.step("approved with PIN and device key; the server signed");

        var outcome = outcome(journal, device, credential, signed);
        progress.step("checked the journal's proofs of approval, use and outcome");

        var report = complete(order, prepared, signed, ca);
        progress.step("wrote the signed PDF and verified it");
        return new DemoResult(
                order.files,
                credential,
                scheme,
                signed,
                outcome,
                device.memory().now().checkpoint(),
                journal.lastNote().orElseThrow(),
                report);
    }

    /// Lets a person who mistypes try again.
    private Signing.Signed approve(Signing signing, Signing.Request request, DemoDevice device)
            throws Refused {
        for (int tries = 1; ; tries++) {
            try {
                return signing.sign(
                        request, _ -> new FactorSource.Given(pins.approve(), device.share()));
            } catch (Refused e) {
                if (e.kind() != FailureKind.FACTORS_REFUSED
                        || !pins.mayErr()
                        || tries == TRIES
                        || stage.isStopping()) {
                    throw e;
                }
                progress.more(e.kind().sentence());
            }
        }
    }

    /// The outcome's record, proved like those before it.
    private static SaltedRecord outcome(
            Journal journal, DemoDevice device, Credential credential, Signing.Signed signed)
            throws Refused {
        var chain = credential.id();
        var outcome = journal.outcome(chain, signed.use().index(), signed.after());
        if (!device.memory().now().chain(chain).proven()) {
            journal.catchUp(chain);
        }
        var expected = new Outcome.Result.Signed(Hashes.sha256(signed.signatures().getFirst()));
        if (!(Journal.parse(outcome) instanceof Outcome told)
                || !told.results().equals(List.of(expected))) {
            throw new Refused(
                    FailureKind.JOURNAL_BROKEN,
                    "The outcome in the journal is not that of the signature that was given.");
        }
        return outcome;
    }

    /// Writes the signed PDF and what checks it, and checks it ourselves.
    private PdfReport complete(Order order, Prepared prepared, Signing.Signed signed, TestCa ca)
            throws Refused {
        var files = order.files;
        files.write(files.signed(), _ -> prepared.complete(signed.signatures().getFirst()));
        files.write(files.root(), ca::writeRoot);
        files.write(files.crl(), ca::writeRevocationList);
        var report = verify(files.signed(), ca, clock);
        var ours = report.signatures().isEmpty() ? null : report.signatures().getLast();
        if (ours == null || !ours.isTrusted() || !ours.coversWholeFile()) {
            throw new Refused(
                    FailureKind.SIGNATURE_WRONG,
                    "Our own check does not accept the signed file: " + report.text());
        }
        return report;
    }

    private static PdfReport verify(Path file, TestCa ca, Clock clock) throws Refused {
        var trust = new Trust(List.of(ca.root()), List.of(ca.revocationList()), true);
        return PdfVerification.verify(file, trust, clock.instant());
    }

    private static long size(Path file) throws Refused {
        try {
            return Files.size(file);
        } catch (IOException _) {
            throw new Refused(FailureKind.FILE_UNREADABLE, file.toString());
        }
    }
}
