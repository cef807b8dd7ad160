package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/// What a program that does not wipe its secrets is made of: the control of tests that find none.
final class Wiping {
    private Wiping() {}

    /// Makes `Secret` as it is, but for the line that wipes; returns the folder of the class.
    static Path without(Path folder) throws Exception {
        var name = "dev/custodian/core/Secret";
        var wiping = "Arrays.fill(octets, (byte) 0);";
        var source =
                Files.readString(
                        Program.HOME.resolve("core/src/main/java").resolve(name + ".java"));
        assertThat(source).containsOnlyOnce(wiping);
        var file = folder.resolve("Secret.java");
        var variant =
                source.replace(wiping, "")
                        .replace("import org.jspecify.annotations.Nullable;", "")
                        .replace("@Nullable", "");
        Files.writeString(file, variant);
        var classes = Files.createDirectory(folder.resolve("classes"));
        int result =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-nowarn",
                                "-cp",
                                Program.HOME.resolve("core/target/classes").toString(),
                                "-d",
                                classes.toString(),
                                file.toString());
        assertThat(result).isZero();
        assertThat(classes.resolve(name + ".class")).exists();
        return classes;
    }
}
