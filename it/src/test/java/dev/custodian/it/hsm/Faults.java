package dev.custodian.it.hsm;

import dev.custodian.it.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A module around another one, which misbehaves on command (`it/hsm-faults`).
final class Faults {
    private static @Nullable Path compiled;

    private final Path orders;
    private final Hsm hsm;

    private Faults(Path orders, Hsm hsm) {
        this.orders = orders;
        this.hsm = hsm;
    }

    /// Compiled once in a process; each has a copy, and so its own orders.
    private static synchronized Path compiled() throws Exception {
        var library = compiled;
        if (library == null) {
            library = Files.createTempFile("faults", ".so");
            library.toFile().deleteOnExit();
            Program.run(
                            "gcc",
                            "-Wall",
                            "-Wextra",
                            "-Werror",
                            "-shared",
                            "-fPIC",
                            "-I/usr/include/p11-kit-1",
                            "-o",
                            library.toString(),
                            Program.HOME.resolve("it/hsm-faults/faults.c").toString())
                    .orFail();
            compiled = library;
        }
        return library;
    }

    static Faults around(Hsm real, Path folder) throws Exception {
        var library = Files.copy(compiled(), folder.resolve("faults.so"));
        var orders = folder.resolve("faults");
        Files.writeString(orders, "");
        var environment = new HashMap<>(real.environment());
        environment.put("FAULTS_MODULE", real.library().toString());
        environment.put("FAULTS_FILE", orders.toString());
        return new Faults(orders, real.in(library, environment));
    }

    /// The token, behind the module that misbehaves.
    Hsm hsm() {
        return hsm;
    }

    /// The functions that were called under the order `note`, in this order.
    List<String> notes() throws IOException {
        var notes = Path.of(orders + ".notes");
        return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
    }

    /// What it does from its next call on; without lines it behaves.
    void order(String... lines) throws IOException {
        var next = orders.resolveSibling("faults.next");
        Files.writeString(next, String.join("\n", lines) + "\n");
        Files.move(
                next, orders, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
