package dev.custodian.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.json.Json;
import dev.custodian.it.document.LargePdf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    private static final String PIN = "13572468";
    private static final String WRONG_PIN = "86427531";

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
            assertThat(made.text("checkpoint")).startsWith("custodian-").contains("\n\n— ");
            run.assertNothingLeft();
            assertThat(says("pdfsig", made.text("signed")))
                    .contains("Signature is Valid", "Total document signed");
        }
    }

    @Test
    void curlLinesWorkAsPastedUntilCtrlC() throws Exception {
        try (var run = Custodian.start(scratch, "", "demo", "--serve", "--key", "P-256")) {
            run.awaitWords("until Ctrl-C");

            var lines =
                    run.stdout()
                            .lines()
                            .map(String::strip)
                            .filter(l -> l.startsWith("curl "))
                            .toList();
            assertThat(lines).hasSize(5);
            for (var line : lines) {
                var answer = says("sh", "-c", line);
                assertThat(answer).as(line).startsWith("{").doesNotContain("\"error\"");
            }
            assertThat(says("sh", "-c", lines.getLast())).contains("\"records\"");
            assertThat(run.processes()).as("a server of its own").isNotEmpty();

            run.signal("INT");
            assertThat(run.exit()).isEqualTo(130);
            assertThat(run.files()).contains("custodian-demo-signed.pdf");
            assertThat(run.stderr()).contains("Stopped.").doesNotContain("\tat ");
            run.assertNothingLeft();
        }
    }

    @Test
    void personChoosesThePinAndTypesItToApprove() throws Exception {
        try (var run = Custodian.onTerminal(scratch, "demo --key P-256 --out mine.pdf")) {
            run.awaitWords("Choose a PIN for this demo: ");
            run.type(PIN + "\n");
            run.awaitWords("The same PIN again: ");
            run.type(PIN + "\n");
            run.awaitWords("PIN to approve this, or Ctrl-C: ");
            run.type(WRONG_PIN + "\n");
            run.awaitWords("was not accepted");
            Awaitility.await()
                    .atMost(Custodian.LIMIT)
                    .until(() -> run.stdout().split("PIN to approve this", -1).length == 3);
            run.type(PIN + "\n");

            assertThat(run.exit()).as(run.stdout()).isZero();
            assertThat(run.stdout())
                    .contains("Signed: mine.pdf")
                    .doesNotContain(PIN)
                    .doesNotContain(WRONG_PIN);
            assertThat(run.files())
                    .containsExactly("mine-test-root.crl", "mine-test-root.pem", "mine.pdf");
            run.assertNothingLeft();
        }
    }

    @Test
    void ctrlCAtTheQuestionLeavesNothing() throws Exception {
        try (var run = Custodian.onTerminal(scratch, "demo")) {
            run.awaitWords("Choose a PIN for this demo: ");
            run.type("\u0003");

            assertThat(run.exit()).isEqualTo(130);
            assertThat(run.stdout()).contains("Stopped.").doesNotContain("\tat ");
            assertThat(run.files()).isEmpty();
            run.assertNothingLeft();
        }
    }

    @Test
    void endWhileTheServerStartsLeavesNothing() throws Exception {
        for (var signal : List.of("INT", "TERM")) {
            try (var run = Custodian.start(scratch, "", "demo")) {
                Awaitility.await()
                        .atMost(Custodian.LIMIT)
                        .until(() -> run.processes().stream().anyMatch(l -> l.contains(" init ")));
                run.signal(signal);

                assertThat(run.exit()).isEqualTo(signal.equals("INT") ? 130 : 143);
                assertThat(run.stderr()).contains("Stopped.").doesNotContain("\tat ");
                assertThat(run.files()).isEmpty();
                run.assertNothingLeft();
            }
        }
    }

    @Test
    void halfAGigabyteIsSignedInASmallHeap() throws Exception {
        var large = Files.createDirectories(scratch.resolve("work")).resolve("large.pdf");
        LargePdf.write(large, 500);
        try (var run = Custodian.start(scratch, "-Xmx128m", "demo", "large.pdf", "--json")) {
            assertThat(run.exit()).as(run.stderr()).isZero();
            assertThat(run.work().resolve("large-signed.pdf")).isRegularFile();
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
