package dev.custodian.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./custodian demo --windows` without a screen: a script presses the keys of the agent's windows.
class DemoOnWindowsIT {
    @TempDir Path scratch;

    @Test
    void dotNetSignsAndThePrintedLineOfOpensslAccepts() throws Exception {
        try (var run = Custodian.startWith(scratch, "DISPLAY=", "", "demo", "--windows")) {
            assertThat(run.exit()).as(run.stderr()).isZero();
            assertThat(run.stderr()).contains("a script plays your part", ".NET hashes the file");
            assertThat(run.stdout())
                    .startsWith("Signed: custodian-demo.pdf, in custodian-demo.pdf.p7s")
                    .contains(
                            "Custodian: RSA-3072",
                            "one that we wrote for tests",
                            "approval  device and pin",
                            "openssl accepts it: CMS Verification successful");
            assertThat(run.files())
                    .containsExactly(
                            "custodian-demo.pdf",
                            "custodian-demo.pdf-test-root.crl",
                            "custodian-demo.pdf-test-root.pem",
                            "custodian-demo.pdf.p7s");
            run.assertNothingLeft();

            var line =
                    run.stdout()
                            .lines()
                            .filter(one -> one.startsWith("  openssl cms "))
                            .findFirst()
                            .orElseThrow();
            assertThat(sh(run.work(), line)).isZero();
            Files.writeString(run.work().resolve("custodian-demo.pdf"), "another document");
            assertThat(sh(run.work(), line)).isNotZero();
        }
    }

    private static int sh(Path folder, String line) throws Exception {
        return new ProcessBuilder("sh", "-c", line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
