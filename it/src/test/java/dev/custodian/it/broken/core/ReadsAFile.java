package dev.custodian.it.broken.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class ReadsAFile {
    private ReadsAFile() {}

    static byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
    }
}
