package dev.custodian.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this machine calls itself.
final class HostName {
    private HostName() {}

    static String get() {
        try {
            var name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            return name.isEmpty() ? "computer" : name;
        } catch (IOException e) {
            return "computer";
        }
    }
}
