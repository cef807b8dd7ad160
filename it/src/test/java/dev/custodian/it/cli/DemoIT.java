package dev.custodian.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.json.Json;
import dev.custodian.document.SamplePdf;
import dev.custodian.it.document.LargePdf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    private static final String PIN = "13572468";
    private static final String WRONG_PIN = "86427531";

    private static final String TO_APPROVE = "PIN to approve (Enter alone refuses): ";
    private static final String OPENSSL =
            "The same key signed through openssl (PKCS#11, p11-kit), and openssl accepts it:"
                    + " Verified OK";

    @TempDir Path scratch;

    @Test
    void oneJsonObjectSaysWhatWasMade() throws Exception {
        try (var run = Custodian.start(scratch, "", "demo", "--json")) {
            assertThat(run.exit()).as(run.stderr()).isZero();

            assertThat(run.stdout().lines()).hasSize(1);
            var made = Json.members(Json.parse(Bytes.utf8(run.stdout()), 1 << 16), "the result");
            assertThat(run.files())
                    .containsExactly(
                            "custodian-demo-signed-test-root.crl",
                            "custodian-demo-signed-test-root.pem",
                            "custodian-demo-signed.pdf");
            assertThat(Path.of(made.text("signed"))).startsWith(run.work()).isRegularFile();
            assertThat(Path.of(made.text("root"))).startsWith(run.work()).isRegularFile();
            assertThat(Path.of(made.text("crl"))).startsWith(run.work()).isRegularFile();
            assertThat(made.text("credential")).startsWith("crd_");
            assertThat(made.text("level")).isEqualTo("BOUND");
            assertThat(made.text("key")).isEqualTo("RSA-3072");
            assertThat(made.number("index", 1, 1_000))
                    .isBetween(made.number("approval", 0, 1_000), made.number("outcome", 0, 1_000));
            assertThat(made.text("openssl")).isEqualTo(OPENSSL);
            assertThat(made.text("checkpoint")).startsWith("custodian-").contains("\n\n— ");
            run.assertNothingLeft();
            assertThat(says("pdfsig", made.text("signed")))
                    .contains("Signature is Valid", "Total document signed");
        }
    }

    /// With --serve they are the lines to paste into another terminal, in their order.
    private static List<String> lines(Custodian run, String... beginnings) {
        return run.stdout()
                .lines()
                .filter(line -> line.startsWith("  "))
                .map(String::strip)
                .filter(line -> Stream.of(beginnings).anyMatch(line::startsWith))
                .toList();
    }

    @Test
    void strangerSignsACommitByTheLinesAsPrintedUntilCtrlC() throws Exception {
        try (var run = Custodian.start(scratch, "", "demo", "--serve", "--key", "P-256")) {
            run.awaitWords("until Ctrl-C");
            assertThat(run.stderr()).contains("a script plays your part");

            var repository = scratch.resolve("repository").toString();
            says("git", "init", "-q", repository);
            says("git", "-C", repository, "config", "user.name", "Ada");
            says("git", "-C", repository, "config", "user.email", "ada@example.org");
            var git = lines(run, "export ", "git ");
            assertThat(git).hasSize(3);
            assertThat(says("sh", "-ec", "cd " + repository + "\n" + String.join("\n", git)))
                    .contains("Good \"git\" signature for mara@demo.example with ECDSA key");
            assertThat(says("git", "-C", repository, "cat-file", "-p", "HEAD"))
                    .contains("-----BEGIN SSH SIGNATURE-----");

            Files.write(run.work().resolve("FILE.pdf"), SamplePdf.octets());
            var sign = lines(run, "XDG_RUNTIME_DIR=");
            assertThat(sign).hasSize(1);
            says("sh", "-ec", "cd " + run.work() + "\n" + sign.getFirst());
            assertThat(says("pdfsig", run.work().resolve("FILE-signed.pdf").toString()))
                    .contains("Signature is Valid");

            var curl = lines(run, "curl ");
            assertThat(curl).hasSize(2);
            for (var line : curl) {
                assertThat(says("sh", "-c", line))
                        .as(line)
                        .contains("{")
                        .doesNotContain("\"error\"");
            }
            assertThat(run.processes()).as("a server and an agent of its own").hasSize(2);

            run.signal("INT");
            assertThat(run.exit()).isEqualTo(130);
            assertThat(run.files()).contains("custodian-demo-signed.pdf");
            assertThat(run.stderr()).contains("Stopped.").doesNotContain("\tat ");
            run.assertNothingLeft();
        }
    }

    @Test
    void personChoosesThePinAndTypesItForEachSignature() throws Exception {
        try (var run = Custodian.onTerminal(scratch, "demo --key P-256 --out mine.pdf")) {
            run.awaitWords("New PIN (Enter alone refuses): ");
            run.type(PIN + "\n");
            run.awaitWords("Again (Enter alone refuses): ");
            run.type(PIN + "\n");
            run.awaitWords("Type \"noted\" when you have noted it");
            run.type("noted\n");
            run.awaitWords(TO_APPROVE, 1);
            assertThat(run.stdout()).contains("document (reported):", "to be signed (reported):");
            run.type(WRONG_PIN + "\n");
            run.awaitWords("was not accepted");
            run.awaitWords(TO_APPROVE, 2);
            run.type(PIN + "\n");
            run.awaitWords(TO_APPROVE, 3);
            assertThat(run.stdout()).contains("openssl signs with the same key");
            run.type(PIN + "\n");

            assertThat(run.exit()).as(run.stdout()).isZero();
            assertThat(run.stdout())
                    .contains("Signed: mine.pdf", OPENSSL)
                    .doesNotContain(PIN)
                    .doesNotContain(WRONG_PIN)
                    .doesNotContain("plays your part");
            assertThat(run.files())
                    .containsExactly("mine-test-root.crl", "mine-test-root.pem", "mine.pdf");
            run.assertNothingLeft();
        }
    }

    @Test
    void noAtTheQuestionAndCtrlCAtItLeaveNothing() throws Exception {
        for (var typed : List.of("\n", "\u0003")) {
            try (var run = Custodian.onTerminal(scratch, "demo")) {
                run.awaitWords("New PIN (Enter alone refuses): ");
                run.type(typed);

                assertThat(run.exit()).isEqualTo(typed.equals("\n") ? 1 : 130);
                assertThat(run.stdout())
                        .contains(
                                typed.equals("\n")
                                        ? FailureKind.APPROVAL_REFUSED.sentence()
                                        : "Stopped.")
                        .doesNotContain("\tat ");
                assertThat(run.files()).isEmpty();
                run.assertNothingLeft();
            }
        }
    }

    /// Ctrl-C goes to all programs of a terminal at once. Were the agent among them, it could be
    /// gone before the demo knows that it is stopped.
    @Test
    void ctrlCReachesTheDemoAlone() throws Exception {
        try (var run = Custodian.onTerminal(scratch, "demo")) {
            run.awaitWords("New PIN (Enter alone refuses): ");

            assertThat(run.terminals()).as("server, agent").containsExactly("?", "?");

            run.type("\u0003");
            assertThat(run.exit()).isEqualTo(130);
        }
    }

    @Test
    void endWhileTheServerStartsLeavesNothing() throws Exception {
        for (var signal : List.of("INT", "TERM")) {
            try (var run = Custodian.start(scratch, "", "demo")) {
                Awaitility.await()
                        .atMost(Custodian.LIMIT)
                        .until(() -> run.processes().stream().anyMatch(DemoIT::isServer));
                run.signal(signal);

                assertThat(run.exit()).isEqualTo(signal.equals("INT") ? 130 : 143);
                assertThat(run.stderr()).contains("Stopped.").doesNotContain("\tat ");
                assertThat(run.files()).isEmpty();
                run.assertNothingLeft();
            }
        }
    }

    /// Its first command, or one of those that follow.
    private static boolean isServer(String line) {
        return line.contains("dev.custodian.server.Main");
    }

    /// As if openssl's engine were not installed: the demo says so, and does all the rest.
    @Test
    void halfAGigabyteIsSignedInASmallHeapAndWithoutOpenSslsEngine() throws Exception {
        var large = Files.createDirectories(scratch.resolve("work")).resolve("large.pdf");
        LargePdf.write(large, 500);
        try (var run =
                Custodian.startWith(
                        scratch,
                        "OPENSSL_ENGINES=/nonexistent",
                        "-Xmx128m",
                        "demo",
                        "large.pdf",
                        "--json")) {
            assertThat(run.exit()).as(run.stderr()).isZero();
            assertThat(run.work().resolve("large-signed.pdf")).isRegularFile();
            assertThat(run.stdout())
                    .contains("not tried through openssl: its PKCS#11 engine is not installed");
            run.assertNothingLeft();
        }
    }

    private static String says(String... line) throws Exception {
        var process = new ProcessBuilder(line).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
