package dev.custodian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void helpNamesCommandsAndExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "demo", "sign", "agent", "join", "status", "login", "logout", "credential")
                .contains("device", "pin", "recover", "consent", "doctor", "setup", "ssh")
                .contains("Exit codes:", "130");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void agentIsStartedByTheScriptAlone() {
        assertThat(run("agent")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("a program of its own");
    }

    @Test
    void helpOfTheDemoNamesItsOptions() {
        assertThat(run("demo", "--help")).isZero();
        assertThat(out.toString()).contains("[FILE.pdf]", "--out", "--json", "--serve", "--key");
    }

    @Test
    void withoutCommandTheHelpIsPointedTo() {
        assertThat(run()).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("Missing required subcommand", "See --help.");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void refusalIsToldInThreeLines() {
        assertThat(run("demo", "--key", "RSA-1024")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString().lines())
                .containsExactly(
                        "custodian: The command line is not right.",
                        "  --key is RSA-3072 or P-256, not RSA-1024.",
                        "  See --help.");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void unknownOptionIsToldWithoutStackTrace() {
        assertThat(run("demo", "--pin", "1357")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("--pin").doesNotContain("\tat ", "Exception");
    }

    /// With a home that holds no server: it is looked for before anything else is done.
    @Test
    void demoWithoutServerProgramSaysWhereItLooked() throws Exception {
        var home = System.getProperty("custodian.home");
        System.setProperty("custodian.home", folder.toString());
        try {
            assertThat(run("demo")).isEqualTo(ExitCodes.FILE);
        } finally {
            System.setProperty("custodian.home", home);
        }
        assertThat(err.toString()).contains("There is no server in " + folder);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void wordsOfOthersCannotMoveTheCursor() {
        assertThat(Words.printable("a\u001b[2Jb\u202ec\nd")).isEqualTo("a?[2Jb?c?d");
    }

    @Test
    void shellReadsBackWhatItIsGiven() throws Exception {
        for (var name : new String[] {"plain.pdf", "two words.pdf", "it's $HOME `x` \\.pdf", "-"}) {
            var shell = new ProcessBuilder("sh", "-c", "printf %s " + Words.shell(name)).start();
            try (var answer = shell.inputReader()) {
                assertThat(answer.readLine()).isEqualTo(name);
            }
        }
    }

    @Test
    void folderOfTheDemoIsForThisUserAloneAndGoesWithAllThatIsInIt() throws Exception {
        Path made;
        try (var demo = DemoFolder.make()) {
            made = demo.resolve("x").getParent();
            assertThat(Files.getPosixFilePermissions(made))
                    .hasToString("[OWNER_READ, OWNER_WRITE, OWNER_EXECUTE]");
            Files.createDirectories(demo.resolve("deep").resolve("down"));
            Files.writeString(demo.resolve("deep").resolve("file"), "x");
        }
        assertThat(made).doesNotExist();
    }
}
