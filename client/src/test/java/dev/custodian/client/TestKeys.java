package dev.custodian.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// Self-signed certificates with their keys, made once for all tests by the JDK's own keytool.
final class TestKeys {
    static final TestKeys KEYS = make();

    private static final String WORD = "test-only";

    private final KeyStore store;

    private TestKeys(KeyStore store) {
        this.store = store;
    }

    X509Certificate certificate(String alias) {
        try {
            return (X509Certificate) store.getCertificate(alias);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    PrivateKey privateKey(String alias) {
        try {
            return (PrivateKey) store.getKey(alias, WORD.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TestKeys make() {
        try {
            var folder = Files.createTempDirectory("test-keys");
            var file = folder.resolve("keys.p12");
            try {
                for (var alias : List.of("tls", "tls2", "ec", "ec2")) {
                    generate(file, alias, "-keyalg", "EC", "-groupname", "secp256r1");
                }
                for (var alias : List.of("rsa", "rsa2")) {
                    generate(file, alias, "-keyalg", "RSA", "-keysize", "2048");
                }
                return new TestKeys(KeyStore.getInstance(file.toFile(), WORD.toCharArray()));
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void generate(Path file, String alias, String... kind)
            throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                alias,
                                "-dname",
                                "CN=" + alias,
                                "-validity",
                                "365",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                WORD));
        command.addAll(List.of(kind));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
    }
}
