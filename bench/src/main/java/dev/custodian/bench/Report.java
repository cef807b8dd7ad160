package dev.custodian.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The result: every line goes to stdout and into a file.
final class Report {
    private final PrintStream out;
    private final Path file;

    /// Begins the file anew.
    Report(PrintStream out, Path file) throws IOException {
        this.out = out;
        this.file = file;
        Files.writeString(file, "");
    }

    void line(String line) throws IOException {
        out.println(line);
        Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
    }

    static String met(boolean met) {
        return met ? "met" : "missed";
    }
}
