package dev.custodian.bench;

import dev.custodian.core.KeyAlgorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// A token of SoftHSM with a key of each kind, and p11-kit's own server for it, until this is
/// closed: the peer.
///
/// @param config what `SOFTHSM2_CONF` names
/// @param address where p11-kit's client finds the server
record SoftHsm(Path config, String address, Process server) implements AutoCloseable {
    static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");
    static final String PIN = "1234";
    static final String CONFIG = "SOFTHSM2_CONF";

    private static final String LABEL = "bench";
    private static final String ADDRESS = "P11_KIT_SERVER_ADDRESS=";

    static SoftHsm start(Path folder, Iterable<KeyAlgorithm> algorithms)
            throws IOException, InterruptedException {
        var config = folder.resolve("softhsm2.conf");
        configure(config, folder);
        token(config, LABEL);
        var sun = sun(folder);
        for (var algorithm : algorithms) {
            generate(config, sun, algorithm);
        }
        var server =
                program(
                                config,
                                "p11-kit server -f --sh --name %s --provider %s pkcs11:token=%s"
                                        .formatted(folder.resolve("p11-kit"), MODULE, LABEL))
                        .redirectError(folder.resolve("p11-kit.log").toFile())
                        .start();
        try {
            var said = server.inputReader(StandardCharsets.UTF_8).readLine();
            return new SoftHsm(config, address(said == null ? "" : said), server);
        } catch (IOException e) {
            server.destroy();
            throw e;
        }
    }

    /// The configuration of the tokens that this process and all that it starts have: `bench.sh`
    /// says where it is to be.
    static Path shared() {
        return Path.of(System.getenv(CONFIG));
    }

    /// Says that tokens are in a new folder inside `folder`.
    static void configure(Path config, Path folder) throws IOException {
        var tokens = Files.createDirectories(folder.resolve("tokens"));
        Files.writeString(config, "directories.tokendir = " + tokens + "\nlog.level = ERROR\n");
    }

    /// Makes a token, whose officer has the user's PIN.
    static void token(Path config, String label) throws IOException, InterruptedException {
        Program.output(
                program(
                        config,
                        "softhsm2-util --init-token --free --label %s --pin %s --so-pin %s"
                                .formatted(label, PIN, PIN)));
    }

    /// A configuration of SunPKCS11 for the first token.
    static Path sun(Path folder) throws IOException {
        var sun = folder.resolve("softhsm.cfg");
        Files.writeString(sun, "name = SoftHsm\nlibrary = %s\n".formatted(MODULE));
        return sun;
    }

    /// What the first line says that p11-kit prints: shell commands, which set variables.
    static String address(String line) throws IOException {
        int end = line.indexOf(';');
        if (!line.startsWith(ADDRESS) || end < 0) {
            throw new IOException("p11-kit server did not start: " + line);
        }
        return line.substring(ADDRESS.length(), end);
    }

    /// Makes a key with a certificate, labelled as the agent labels one for `login`.
    static void generate(Path config, Path sun, KeyAlgorithm algorithm)
            throws IOException, InterruptedException {
        var size =
                switch (algorithm.family()) {
                    case RSA -> "-keysize " + algorithm.bits();
                    case EC -> "-groupname " + algorithm.jcaCurve();
                };
        Program.output(
                program(
                        config,
                        """
                        %s -genkeypair -keystore NONE -storetype PKCS11 -storepass %s\
                         -providerClass sun.security.pkcs11.SunPKCS11 -providerArg %s\
                         -alias %s -dname CN=bench -keyalg %s %s"""
                                .formatted(
                                        Path.of(System.getProperty("java.home"), "bin/keytool"),
                                        PIN,
                                        sun,
                                        alias(algorithm),
                                        algorithm.family(),
                                        size)));
    }

    /// As the agent labels a key for `login`.
    static String alias(KeyAlgorithm algorithm) {
        return "login-" + algorithm.display().toLowerCase(Locale.ROOT);
    }

    private static ProcessBuilder program(Path config, String line) {
        var builder = Program.builder(List.of(line.split(" ", -1)));
        builder.environment().put(CONFIG, config.toString());
        return builder;
    }

    @Override
    public void close() {
        server.destroy();
    }
}
