package dev.custodian.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this machine calls itself.
final class HostName {
    private HostName() {}

    static String get() {
        var windows = System.getenv("COMPUTERNAME");
        var name = windows == null ? ofLinux() : windows;
        return name.isBlank() ? "computer" : name.strip();
    }

    private static String ofLinux() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"));
        } catch (IOException e) {
            return "";
        }
    }
}
