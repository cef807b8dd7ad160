package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceKeys;
import dev.custodian.device.KeyUri;
import dev.custodian.device.StoreSource;
import dev.custodian.it.Program;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program of the module's README, as printed, over the two jars alone.
class ReadmeProgramIT {
    private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final String JARS =
            jar("core") + File.pathSeparator + jar("device") + File.pathSeparator;
    private static final int LONGEST = 25;

    @TempDir Path folder;

    private static Path jar(String module) {
        var jar = Program.HOME.resolve(module + "/target/custodian-" + module + "-0.1.0.jar");
        assertThat(jar).exists();
        return jar;
    }

    private static String java(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    @Test
    void programOfTheReadmeCompilesAgainstTheJarsAndSigns() throws Exception {
        var readme = Files.readString(Program.HOME.resolve("device/README.md"));
        var found = PROGRAM.matcher(readme);
        assertThat(found.find()).isTrue();
        assertThat(found.group(1).lines().filter(line -> !line.startsWith("import")).count())
                .isLessThan(LONGEST);
        Files.writeString(folder.resolve("Sign.java"), found.group(1));
        Program.run(folder, Map.of(), List.of(java("javac"), "-cp", JARS, "Sign.java")).orFail();

        var keys = folder.resolve("keys");
        var lines = sign(keys).lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.getFirst()).startsWith("Taken: ").contains("The device key is ");
        try (var passphrase = Secret.owning(Bytes.utf8("correct horse").toArray());
                var stores =
                        DeviceKeys.of(
                                List.of(
                                        StoreSource.tpm(keys),
                                        StoreSource.software(keys, passphrase)));
                var key = stores.open(KeyUri.parse(lines.get(1)))) {
            assertThat(lines.getFirst()).isEqualTo(stores.best().sentence());
            var verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
            verifier.initVerify(key.publicKey());
            verifier.update("Dear Charles".getBytes(StandardCharsets.US_ASCII));
            assertThat(verifier.verify(Bytes.fromHex(lines.get(2)).toArray())).isTrue();
        }
    }

    /// Types the passphrase.
    private String sign(Path keys) throws Exception {
        var typed = folder.resolve("typed");
        Files.writeString(typed, "correct horse");
        var process =
                new ProcessBuilder(java("java"), "-cp", JARS + folder, "Sign", keys.toString())
                        .redirectInput(typed.toFile())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
