package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.json.Json;
import dev.custodian.document.SamplePdf;
import dev.custodian.testpki.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// `custodian sign` as it is typed, with a server and an agent; poppler and pyHanko judge. Each
/// step goes on where the one before ended.
@TestMethodOrder(OrderAnnotation.class)
class SignIT {
    private static final String PIN = "274913";
    private static final String WRONG_PIN = "860427";

    @TempDir static Path scratch;

    private static Installation installation;
    private static Serving serving;
    private static Machine desk;
    private static String owner = "";
    private static String credential = "";

    @BeforeAll
    static void start() throws Exception {
        installation = Installation.in(scratch);
        serving = installation.serve();
        desk = Machine.in(scratch.resolve("desk"));
        Files.write(desk.home().resolve("contract.pdf"), SamplePdf.octets());
    }

    @AfterAll
    static void stop() throws Exception {
        desk.close();
        serving.close();
    }

    private static Program.Ran sign(String... words) throws Exception {
        var line = Program.line(Path.of("sign"), words);
        return desk.custodian(line.toArray(String[]::new));
    }

    private static Id owner() throws Exception {
        return Id.parse(Id.Kind.OWNER, owner);
    }

    private static void refused(Program.Ran ran, FailureKind kind, int exit) {
        assertThat(ran.exit()).as(ran.said()).isEqualTo(exit);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .contains("custodian: " + kind.sentence(), "  " + kind.nextStep())
                .doesNotContain("\tat ", "Exception");
        assertThat(desk.home().resolve("contract-signed.pdf")).doesNotExist();
    }

    @Test
    @Order(1)
    void whatIsWrongWithTheFilesIsSaidBeforeAnyAgentIsAsked() throws Exception {
        var there = Files.writeString(desk.home().resolve("there.pdf"), "precious");
        refused(sign("missing.pdf"), FailureKind.FILE_UNREADABLE, 3);
        refused(sign("there.pdf", "--out", "new.pdf"), FailureKind.NOT_A_PDF, 3);
        refused(sign("contract.pdf", "--out", "there.pdf"), FailureKind.OUTPUT_EXISTS, 3);
        refused(sign("contract.pdf", "--out", "contract.pdf"), FailureKind.OUTPUT_IS_INPUT, 3);
        assertThat(there).hasContent("precious");
        refused(sign(), FailureKind.USAGE, 2);
    }

    @Test
    @Order(2)
    void withoutAgentDeviceOrCredentialTheNextStepIsSaid() throws Exception {
        refused(sign("contract.pdf"), FailureKind.AGENT_UNREACHABLE, 4);
        desk.start();
        desk.types("", PIN, "");
        refused(sign("contract.pdf"), FailureKind.NOT_JOINED, 1);
        var joined = desk.custodian("join", installation.invite(serving.url()).expose(), "--json");
        var answer = Json.parse(Bytes.utf8(joined.orFail().out().strip()), 1 << 16);
        owner = Json.members(answer, "it").text("owner");
        refused(sign("contract.pdf"), FailureKind.CREDENTIAL_UNKNOWN, 1);
    }

    /// It was certified a moment ago: the agent looks anew by itself.
    @Test
    @Order(3)
    void refusedByThePersonThereIsNoFile() throws Exception {
        credential = installation.credentials(owner(), "RSA-3072").getFirst().text();
        desk.types("");
        refused(sign("contract.pdf"), FailureKind.APPROVAL_REFUSED, 1);
        assertThat(desk.asked()).hasSize(1);
    }

    @Test
    @Order(4)
    void questionShowsWhatTheCommandShowsAndOthersAcceptTheSignature() throws Exception {
        desk.types(WRONG_PIN + "\n" + PIN);
        var ran = sign("contract.pdf", "--json").orFail();
        var signed = desk.home().resolve("contract-signed.pdf");
        var made = Json.members(Json.parse(Bytes.utf8(ran.out().strip()), 1 << 16), "it");
        assertThat(made.text("signed")).isEqualTo(signed.toString());
        assertThat(made.text("credential")).isEqualTo(credential);

        assertThat(desk.asked()).hasSize(2);
        var question = desk.asked().getLast().replaceAll("\\|\\s*", " ");
        assertThat(question)
                .contains(
                        "document (reported): contract.pdf, ",
                        "calls itself (reported): custodian");
        for (var name : List.of("document", "to be signed")) {
            var line = ran.err().lines().filter(one -> one.startsWith("  " + name)).findFirst();
            assertThat(question).contains(line.orElseThrow().substring(16).strip());
        }
        assertThat(question).contains("to be signed (reported): SHA-256 …");

        var root = scratch.resolve("root.pem");
        TestCa.writeCertificates(root, installation.ca().root());
        var judges = Judges.trusting(root, scratch);
        assertThat(judges.pdfsig(signed))
                .contains(
                        "Signature is Valid.", "Certificate is Trusted.", "Total document signed");
        assertThat(judges.pyhanko(signed).out()).contains(":VALID");
    }

    @Test
    @Order(5)
    void amongSeveralOneIsNamedAndItHasToBeForDocuments() throws Exception {
        Files.delete(desk.home().resolve("contract-signed.pdf"));
        var other = installation.credentials(owner(), "P-384").getFirst().text();
        var code =
                installation
                        .credentials(Custody.OWNER_SEALED, Purpose.CODE, owner(), "P-256")
                        .getFirst()
                        .id()
                        .text();
        desk.custodian("credential", "list", "--sync").orFail();
        desk.types(PIN);
        var several = sign("contract.pdf");
        refused(several, FailureKind.USAGE, 2);
        assertThat(several.err()).contains("--credential", credential, other);
        refused(sign("contract.pdf", "--credential", code), FailureKind.CREDENTIAL_UNKNOWN, 1);
        assertThat(desk.asked()).isEmpty();

        var ran = sign("contract.pdf", "--credential", other, "--out", "it's signed.pdf").orFail();
        assertThat(ran.out()).isEqualTo("Signed: it's signed.pdf\n");
        assertThat(ran.err()).contains("  yes  The signature is by the certificate's key.");
        assertThat(Judges.qpdf(desk.home().resolve("it's signed.pdf")).exit()).isZero();
    }
}
