package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.Program;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the account of a Windows user keeps, under Wine: secrets sealed by its data protection,
/// folders that are the user's own, and what it starts. Wine has one user, so that another one's
/// login is not shown here, and its rights are those that Linux has.
@Timeout(300)
class ProtectionIT {
    private static final Path CLI = Program.HOME.resolve("cli/target/lib/*");

    private static final String PROTECTED = "C:\\users\\protected";
    private static final String CHANGED = "C:\\users\\changed";

    @TempDir static Path scratch;
    private static Wine wine;

    /// What the first process did.
    private static String said;

    @BeforeAll
    static void start() throws Exception {
        wine = Wine.start();
        var users = wine.drive().resolve("users");
        Program.run("rm", "-rf", users + "/protected", users + "/changed", users + "/everybody")
                .orFail();
        said = protection("seal", "--", "make", PROTECTED, "--", "others", "C:\\users\\everybody");
        wine.end();
    }

    @AfterAll
    static void end() throws Exception {
        wine.close();
    }

    private static String protection(String... arguments) throws Exception {
        var classes = List.of(WindowsClasses.ofTests(), WindowsClasses.AGENT);
        return wine.run(scratch, wine.java(classes, ProtectionProgram.class.getName(), arguments))
                .orFail()
                .out();
    }

    @Test
    void changedOctetOrAnotherPurposeOpensNothingAndTheRightOneDoes() {
        assertThat(said.lines())
                .contains(
                        "changed octets that opened to something else: 0",
                        "sealed holds the secret: false",
                        "another purpose: CryptUnprotectData failed: error 0x0000000D",
                        "the right purpose: true")
                // Wine leaves out of its check what a description would be in.
                .anyMatch(line -> line.matches("changed octets that were refused: [1-9]\\d+"));
    }

    @Test
    void folderThatOthersMayEnterIsRefused() {
        assertThat(said.lines())
                .doesNotContain("others may enter")
                .anyMatch(line -> line.startsWith("key-file-exposed ") && line.contains("S-1-1-0"));
    }

    @Test
    void folderOpensInALaterProcessUnlessItWasChanged() throws Exception {
        assertThat(said).contains("second key: ").contains("is there already; it is not replaced");
        var users = wine.drive().resolve("users");
        Program.run("cp", "-a", users + "/protected", users + "/changed").orFail();
        var file = users.resolve("changed/folder.key");
        var key = Files.readAllBytes(file);
        key[key.length - 1] ^= 1;
        Files.write(file, key);
        for (var name : List.of("device.p8", "device.share")) {
            assertThat(
                            Files.readString(
                                    users.resolve("protected").resolve(name),
                                    StandardCharsets.ISO_8859_1))
                    .startsWith("CUSTODIAN-SEALED");
        }

        var share = said.lines().filter(line -> line.startsWith("share ")).findFirst();
        assertThat(protection("open", CHANGED, "--", "open", PROTECTED).lines())
                .hasSize(3)
                .contains(share.orElseThrow())
                .anyMatch(line -> line.contains("sealed for your login"))
                .anyMatch(
                        line ->
                                line.startsWith("key-file-unusable ")
                                        && line.contains("on another machine, or is damaged"));
    }

    @Test
    void agentIsStartedAtTheLogonUntilThatIsUndone() throws Exception {
        var key = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run";
        setup();
        assertThat(wine.run(scratch, List.of("reg", "query", key)).orFail().out())
                .contains("Custodian")
                .contains("javaw.exe")
                .contains("dev.custodian.agent.Main");
        assertThat(setup("--undo")).contains("does not start the agent any more");
        assertThat(wine.run(scratch, List.of("reg", "query", key)).said())
                .doesNotContain("dev.custodian.agent.Main");
    }

    /// Windows would start nothing, and say nothing.
    @Test
    void lineThatIsTooLongForALogonIsRefusedAndNotWritten() throws Exception {
        var key = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run";
        var line = setupIn("C:\\" + "x".repeat(180));
        var ran = wine.run(scratch, line);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("more than 260 characters", "a folder with a shorter name");
        assertThat(wine.run(scratch, List.of("reg", "query", key)).said())
                .doesNotContain("dev.custodian.agent.Main");
    }

    private static List<String> setupIn(String home, String... arguments) {
        var line = new ArrayList<>(wine.java(List.of(CLI), "dev.custodian.cli.Main"));
        line.add(line.indexOf("-cp"), "-Dcustodian.home=" + home);
        line.addAll(List.of("setup", "agent"));
        line.addAll(List.of(arguments));
        return line;
    }

    private static String setup(String... arguments) throws Exception {
        return wine.run(scratch, setupIn("C:\\Custodian", arguments)).orFail().out();
    }
}
