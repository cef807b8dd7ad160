package dev.custodian.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// A [Pkcs11Loop] in a process of its own, until this is closed.
final class Pkcs11Program implements AutoCloseable {
    private final Dialog dialog;

    private Pkcs11Program(Dialog dialog) {
        this.dialog = dialog;
    }

    /// Loads a module and finds its keys.
    ///
    /// @param variable an environment variable that the module reads
    static Pkcs11Program start(
            Path folder, String name, Path module, String variable, String value, String pin)
            throws IOException {
        var config = folder.resolve(name + ".cfg");
        Files.writeString(config, "name = %s\nlibrary = %s\n".formatted(name, module));
        var log = folder.resolve(name + ".log");
        var builder =
                Program.builder(
                                ServerProcess.java(
                                        Pkcs11Loop.class.getName(), config.toString(), pin))
                        .redirectInput(ProcessBuilder.Redirect.PIPE)
                        .redirectError(log.toFile());
        builder.environment().put(variable, value);
        var process = builder.start();
        try {
            var dialog = new Dialog(process, log);
            dialog.line();
            return new Pkcs11Program(dialog);
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    long pid() {
        return dialog.pid();
    }

    /// Nanoseconds of each of so many signatures.
    long[] sign(String alias, int count) throws IOException {
        return Arrays.stream(dialog.obey(alias + " " + count).split(" ", -1))
                .mapToLong(Long::parseLong)
                .toArray();
    }

    @Override
    public void close() throws IOException {
        dialog.close();
    }
}
