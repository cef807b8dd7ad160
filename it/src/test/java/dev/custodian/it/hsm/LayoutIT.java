package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The layout that the binding is tested against (`layout.txt` in server) is that of the C
/// compilers for Linux and Windows and p11-kit's header.
class LayoutIT {
    private static final Path LAYOUT =
            Program.HOME.resolve(
                    "server/src/test/resources/dev/custodian/server/vault/pkcs11/layout.txt");

    @ParameterizedTest
    @CsvSource({"gcc, 2", "x86_64-w64-mingw32-gcc, 3"})
    void compilerAgreesAndWouldNotWithOneOctetMore(
            String compiler, int column, @TempDir Path folder) throws Exception {
        var line = compile(compiler, column, 0, folder);
        assertThat(line.exit()).as(line.said()).isZero();
        var wrong = compile(compiler, column, 1, folder);
        assertThat(wrong.exit()).isNotZero();
        assertThat(wrong.err()).contains("static assertion failed: \"CK_ATTRIBUTE pValue\"");
    }

    private static Program.Ran compile(String compiler, int column, int more, Path folder)
            throws Exception {
        var source = new StringBuilder("#include <stddef.h>\n#include <p11-kit/pkcs11.h>\n");
        for (var line : Files.readAllLines(LAYOUT)) {
            if (!line.startsWith("#")) {
                var part = line.split(" ", -1);
                var what =
                        part[1].equals("sizeof")
                                ? "sizeof(%s)".formatted(part[0])
                                : "offsetof(%s, %s)".formatted(part[0], part[1]);
                source.append(
                        "_Static_assert(%s == %s + %d, \"%s %s\");\n"
                                .formatted(what, part[column], more, part[0], part[1]));
            }
        }
        var file = Files.writeString(folder.resolve("layout.c"), source);
        return Program.run(compiler, "-fsyntax-only", "-I/usr/include/p11-kit-1", file.toString());
    }
}
