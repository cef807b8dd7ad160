package dev.custodian.it.windows;

import dev.custodian.it.Program;
import java.nio.file.Path;

/// Where the classes are that programs under Wine need.
final class WindowsClasses {
    /// The shipped agent, and with it client, device and link.
    static final Path AGENT = Program.HOME.resolve("agent/target/lib/*");

    private WindowsClasses() {}

    /// The tests' own.
    static Path ofTests() throws Exception {
        var source = WindowsClasses.class.getProtectionDomain().getCodeSource();
        return Path.of(source.getLocation().toURI());
    }
}
