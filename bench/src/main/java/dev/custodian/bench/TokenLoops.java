package dev.custodian.bench;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.HsmConfig;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Programs that use the same token, each in a process of its own, until this is closed: a loop in
/// C, the same by our binding, and SunPKCS11.
final class TokenLoops implements AutoCloseable {
    private static final Path HEADERS = Path.of("/usr/include/p11-kit-1");

    private final Dialog binding;
    private final Dialog c;
    private final Pkcs11Program sun;

    private TokenLoops(Dialog binding, Dialog c, Pkcs11Program sun) {
        this.binding = binding;
        this.c = c;
        this.sun = sun;
    }

    /// @param folder an own one
    static TokenLoops start(Path config, Path folder) throws Exception {
        var hsm = Config.read(config).hsm();
        if (hsm == null) {
            throw new IllegalArgumentException("no HSM in " + config);
        }
        Files.createDirectories(folder);
        var keys = Files.createDirectories(folder.resolve("keys"));
        var binding =
                dialog(
                        folder.resolve("binding.log"),
                        ServerProcess.java(
                                TokenLoop.class.getName(), config.toString(), keys.toString()));
        var wrapping = binding.line().split(" ", 2);
        var sun = sun(folder, hsm);
        var c =
                dialog(
                        folder.resolve("c.log"),
                        List.of(
                                compiled(folder).toString(),
                                hsm.module().toString(),
                                hsm.token(),
                                hsm.pin().toString(),
                                keys.toString(),
                                wrapping[0],
                                wrapping[1]));
        if (!c.line().equals("ready")) {
            throw new IOException("the loop in C is not ready");
        }
        return new TokenLoops(binding, c, sun);
    }

    private static Path compiled(Path folder) throws IOException, InterruptedException {
        var program = folder.resolve("loop");
        Program.output(
                List.of(
                        "gcc",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-I" + HEADERS,
                        "-o",
                        program.toString(),
                        Program.HOME.resolve("bench/token-loop/loop.c").toString(),
                        "-lcrypto"));
        return program;
    }

    private static Dialog dialog(Path log, List<String> line) throws IOException {
        return new Dialog(
                Program.builder(line)
                        .redirectInput(Redirect.PIPE)
                        .redirectError(log.toFile())
                        .start(),
                log);
    }

    /// With keys of its own: it lists only those that have a certificate in the token.
    private static Pkcs11Program sun(Path folder, HsmConfig hsm)
            throws IOException, InterruptedException {
        var config = SoftHsm.shared();
        var keytool = SoftHsm.sun(folder);
        for (var key : Operation.KEYS) {
            SoftHsm.generate(config, keytool, key);
        }
        return Pkcs11Program.start(
                folder, "Sun", hsm.module(), SoftHsm.CONFIG, config.toString(), SoftHsm.PIN);
    }

    /// CPU seconds of each use by the loop in C.
    double c(Operation use, int count) throws IOException {
        return cost(c, use, count);
    }

    /// CPU seconds of each use by our binding.
    double binding(Operation use, int count) throws IOException {
        return cost(binding, use, count);
    }

    private static double cost(Dialog loop, Operation use, int count) throws IOException {
        double before = CpuTime.precise(loop.pid());
        loop.obey(use.line(count));
        return (CpuTime.precise(loop.pid()) - before) / count;
    }

    /// CPU seconds of each signature with a resident key by SunPKCS11.
    double sun(KeyAlgorithm key, int count) throws IOException {
        double before = CpuTime.precise(sun.pid());
        sun.sign(SoftHsm.alias(key), count);
        return (CpuTime.precise(sun.pid()) - before) / count;
    }

    @Override
    public void close() throws IOException {
        sun.close();
        c.close();
        binding.close();
    }
}
