package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.document.SamplePdf;
import dev.custodian.it.Installation;
import dev.custodian.it.Program;
import dev.custodian.testpki.TestCa;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The shipped agent and command on the trimmed Windows Java, under Wine; a person who looks and
/// types; a server on Linux. Each step goes on where the one before ended.
@TestMethodOrder(OrderAnnotation.class)
class WindowsAgentIT {
    /// What to look at, kept.
    private static final Path PICTURES = Path.of("target/windows");

    @TempDir static Path scratch;

    private static WindowsAgent machine;
    private static Id owner;
    private static Installation.Made documents;
    private static Installation.Made code;

    @BeforeAll
    static void start() throws Exception {
        machine = WindowsAgent.start(scratch);
        Files.write(machine.home().resolve("contract.pdf"), SamplePdf.octets());
        Files.createDirectories(PICTURES);
        owner = machine.join();
        documents = make(Purpose.DOCUMENT, "RSA-3072");
        code = make(Purpose.CODE, "P-256");
    }

    private static Installation.Made make(Purpose purpose, String key) throws Exception {
        return machine.installation()
                .credentials(Custody.OWNER_SEALED, purpose, owner, key)
                .getFirst();
    }

    /// What a test that failed left open would fail the next ones.
    @AfterEach
    void refuse() throws Exception {
        while (!machine.screen().window().isEmpty()) {
            machine.screen().press("Escape");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        machine.close();
    }

    private static List<String> linkProgram(String... arguments) {
        return machine.wine()
                .java(
                        List.of(WindowsAgent.lib("agent"), WindowsAgent.classes()),
                        LinkProgram.class.getName(),
                        arguments);
    }

    private static String state() throws Exception {
        return machine.custodian("status").orFail().out();
    }

    private static void refused(Program.Ran ran, FailureKind kind, int exit) {
        assertThat(ran.exit()).as(ran.said()).isEqualTo(exit);
        assertThat(ran.err())
                .contains("custodian: " + kind.sentence(), "  " + kind.nextStep())
                .doesNotContain("\tat ", "Exception");
    }

    @Test
    @Order(1)
    void whatWindowsDoesNotHaveIsRefusedWithASentence() throws Exception {
        refused(machine.launcher("setup", "pkcs11"), FailureKind.USAGE, 2);
        assertThat(machine.launcher("agent", "--sockets", "here").err())
                .contains("On Windows: custodian-agent [--state FOLDER]");
    }

    @Test
    @Order(2)
    void personJoinedByTheWindowsOfTheAgent() throws Exception {
        assertThat(state()).contains("session: logged in");
        assertThat(machine.custodian("credential", "list", "--sync").orFail().out())
                .contains(documents.id().text(), code.id().text());
        assertThat(machine.custodian("doctor").out())
                .contains("folder: well", "server: well", "login: well", "credentials: well");
        assertThat(machine.custodian("device", "list").orFail().out()).contains("pc");
    }

    @Test
    @Order(3)
    void refusedByThePersonThereIsNoFile() throws Exception {
        var signing = machine.begin("sign", "contract.pdf");
        machine.refuse("Sign a document");
        refused(WindowsAgent.ended(signing), FailureKind.APPROVAL_REFUSED, 1);
        assertThat(machine.home().resolve("contract-signed.pdf")).doesNotExist();
    }

    @Test
    @Order(4)
    void questionNamesTheProgramsFileAndOthersAcceptTheSignature() throws Exception {
        var signing = machine.begin("sign", "contract.pdf");
        machine.windows().awaitWindow("Sign a document for java.exe, process ");
        assertThat(machine.windows().look())
                .anyMatch(
                        part ->
                                part.matches(
                                        "text:program, reported=Z:/.*/java-runtime/bin/java\\.exe,"
                                                + " process [0-9]+.*"))
                .anyMatch(part -> part.startsWith("text:document, reported=contract.pdf, "));
        machine.screen().picture(PICTURES.resolve("sign.png"));
        machine.approve("Sign a document");
        WindowsAgent.ended(signing).orFail();

        var root = scratch.resolve("root.pem");
        TestCa.writeCertificates(root, machine.installation().ca().root());
        var signed = machine.home().resolve("contract-signed.pdf");
        assertThat(Program.run("pdfsig", "-nocert", signed.toString()).out())
                .contains("Signature is Valid.", "Total document signed");
    }

    @Test
    @Order(5)
    void signatureOfAnyProgramOnTheLinkIsGood() throws Exception {
        var signing = machine.begin(linkProgram("sign", code.id().text()));
        machine.approve("Sign code for java.exe");
        var said = WindowsAgent.ended(signing).orFail().out().strip();
        assertThat(said).startsWith("signature: ");
        var verifier = Signature.getInstance("SHA256withECDSA");
        verifier.initVerify(code.certificate());
        assertThat(verifier.verify(Bytes.fromHex(said.substring(11)).toArray())).isTrue();
    }

    @Test
    @Order(6)
    void programThatIsKilledTakesItsQuestionAway() throws Exception {
        var signing = machine.wine().program(linkProgram("sign", code.id().text())).start();
        machine.windows().awaitWindow("Sign code for java.exe");
        signing.destroyForcibly().waitFor();
        machine.screen().awaitNoWindow();
    }

    @Test
    @Order(7)
    void whatIsNoFrameEndsThatConnectionAlone() throws Exception {
        assertThat(
                        machine.wine()
                                .run(machine.home(), linkProgram("hostile"))
                                .orFail()
                                .out()
                                .lines())
                .containsExactly(
                        "garbage: Failure, then the end",
                        "oversize: Failure, then the end",
                        "before hello: Failure, then the end",
                        "hello twice: Failure, then the end",
                        "half: left",
                        "foreign: AGENT_FOREIGN",
                        "after all that: LOGGED_IN");
    }

    @Test
    @Order(7)
    void doorOnAPipeKeepsWhatADoorPromises() throws Exception {
        var program =
                machine.wine()
                        .java(
                                List.of(WindowsAgent.lib("agent"), WindowsAgent.classes()),
                                DoorProgram.class.getName());
        assertThat(machine.wine().run(machine.home(), program).orFail().out().lines())
                .containsExactly(
                        "second: SOCKET_TAKEN",
                        "echo: 7",
                        "closed: -1",
                        "stranger: -1",
                        "again: 7",
                        "half: the other side is too slow",
                        "deaf: the other side is too slow");
    }

    @Test
    @Order(8)
    void hundredConnectionsKeepNobodyOut() throws Exception {
        var said = machine.wine().run(machine.home(), linkProgram("many", "100")).orFail().out();
        assertThat(said).contains("beside 100: LOGGED_IN").containsPattern("still open: 6[34]");
    }

    @Test
    @Order(9)
    void killedAgentIsTheSameDeviceWhenItIsBack() throws Exception {
        var before = device();
        machine.kill();
        refused(machine.custodian("status"), FailureKind.AGENT_UNREACHABLE, 4);
        pipeThatAnotherProgramServesIsNotTaken();
        machine.startAgent();
        assertThat(device()).isEqualTo(before);
        machine.custodian("credential", "list", "--sync").orFail();
    }

    private static String device() throws Exception {
        return state().lines()
                .filter(line -> line.startsWith("device: "))
                .findFirst()
                .orElseThrow();
    }

    /// Wine lets a second program make a pipe of the same name as its first: there, the agent sees
    /// the other one only by asking. That Windows refuses it even in between is not shown here.
    private static void pipeThatAnotherProgramServesIsNotTaken() throws Exception {
        var squatter =
                machine.wine()
                        .program(linkProgram("squat"))
                        .redirectError(Redirect.DISCARD)
                        .start();
        try (var said = squatter.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo("squatting");
            var agent = machine.agent().redirectOutput(Redirect.DISCARD).start();
            assertThat(agent.onExit().get(60, TimeUnit.SECONDS).exitValue()).isEqualTo(1);
            assertThat(machine.log())
                    .contains(FailureKind.SOCKET_TAKEN.sentence(), "Another program serves");
        } finally {
            squatter.destroyForcibly().waitFor();
        }
    }

    @Test
    @Order(10)
    void logoutLastsUntilLogin() throws Exception {
        assertThat(machine.custodian("logout").orFail().out())
                .isEqualToIgnoringNewLines("logged-out");
        assertThat(machine.custodian("credential", "list", "--sync").exit()).isEqualTo(1);
        assertThat(machine.custodian("login").orFail().out())
                .isEqualToIgnoringNewLines("logged-in");
        machine.custodian("credential", "list", "--sync").orFail();
        assertThat(machine.log()).doesNotContain(WindowsAgent.PIN);
    }
}
