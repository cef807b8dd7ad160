package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.CertificateHolding;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.jca.DeviceProvider;
import dev.custodian.it.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The JDK's keytool, told of nothing but two jars, uses device keys.
class KeytoolIT {
    private static final String PASSPHRASE = "correct horse";

    @TempDir Path scratch;

    private Program.Ran keytool(String store, String... what) throws Exception {
        var line = new ArrayList<String>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        line.addAll(List.of(what));
        line.addAll(
                List.of(
                        "-keystore",
                        "NONE",
                        "-storetype",
                        "CustodianDevice",
                        "-providerpath",
                        jar("core") + ":" + jar("device"),
                        "-providerclass",
                        DeviceProvider.class.getName(),
                        "-providerarg",
                        store,
                        "-storepass",
                        PASSPHRASE));
        return Program.run(line.toArray(String[]::new));
    }

    private static String jar(String module) {
        return Program.HOME
                .resolve(module + "/target/custodian-" + module + "-0.1.0.jar")
                .toString();
    }

    @Test
    void itListsRequestsAndTakesACertificate() throws Exception {
        var folder = scratch.resolve("keys");
        var certificate = scratch.resolve("work.pem");
        try (var typed = Secret.owning(Bytes.utf8(PASSPHRASE).toArray());
                var store = SoftwareStore.open(folder, typed);
                var work = store.create(new KeySpec("work", KeyType.P256));
                var play = store.create(new KeySpec("play", KeyType.RSA_2048))) {
            var place = "software:" + folder;
            assertThat(keytool("software:" + scratch.resolve("none"), "-list").orFail().out())
                    .contains("contains 0 entries");
            assertThat(keytool(place, "-list").orFail().out())
                    .contains("contains 2 entries", "work, ", "play, ", "PrivateKeyEntry");

            for (var alias : List.of("work", "play")) {
                var request = scratch.resolve(alias + ".csr");
                keytool(place, "-certreq", "-alias", alias, "-file", request.toString()).orFail();
                assertThat(
                                Program.run(
                                                "openssl",
                                                "req",
                                                "-in",
                                                request.toString(),
                                                "-verify",
                                                "-noout",
                                                "-subject")
                                        .orFail()
                                        .said())
                        .contains("verify OK", "CN = " + alias);
            }

            var theirs = signed(scratch.resolve("work.csr"), certificate);
            keytool(
                            place,
                            "-importcert",
                            "-noprompt",
                            "-alias",
                            "work",
                            "-file",
                            certificate.toString())
                    .orFail();
            assertThat(work.ability(CertificateHolding.class).orElseThrow().certificates())
                    .hasSize(2)
                    .first()
                    .isEqualTo(theirs);
            assertThat(keytool(place, "-list", "-v", "-alias", "work").orFail().out())
                    .contains("Issuer: CN=Some CA", "Certificate chain length: 2");

            var strange =
                    keytool(
                            place,
                            "-importcert",
                            "-noprompt",
                            "-alias",
                            "play",
                            "-file",
                            certificate.toString());
            assertThat(strange.exit()).isNotZero();
            assertThat(play.ability(CertificateHolding.class).orElseThrow().certificates())
                    .isEmpty();
        }
    }

    /// What a CA makes of a request, with the CA's own certificate behind it.
    private X509Certificate signed(Path request, Path chain) throws Exception {
        var key = scratch.resolve("ca.key").toString();
        var ca = scratch.resolve("ca.pem");
        Program.run(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-subj",
                        "/CN=Some CA",
                        "-days",
                        "9",
                        "-keyout",
                        key,
                        "-out",
                        ca.toString())
                .orFail();
        Program.run(
                        "openssl",
                        "x509",
                        "-req",
                        "-in",
                        request.toString(),
                        "-CA",
                        ca.toString(),
                        "-CAkey",
                        key,
                        "-set_serial",
                        "7",
                        "-days",
                        "8",
                        "-out",
                        chain.toString())
                .orFail();
        Files.writeString(chain, Files.readString(ca), StandardOpenOption.APPEND);
        try (var in = Files.newInputStream(chain)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    @Test
    void itListsKeysOfALogin() throws Exception {
        try (var session = KeyringSession.start(scratch.resolve("login")).withKeyring();
                var store = SoftwareStore.open(scratch.resolve("keys"), session.seal())) {
            store.create(new KeySpec("work", KeyType.P256)).close();
            var line =
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                            "-list",
                            "-keystore",
                            "NONE",
                            "-storetype",
                            "CustodianDevice",
                            "-providerpath",
                            jar("core") + ":" + jar("device"),
                            "-providerclass",
                            DeviceProvider.class.getName(),
                            "-providerarg",
                            "login:" + scratch.resolve("keys"),
                            "-storepass",
                            "unused");
            assertThat(session.program(line.toArray(String[]::new)).orFail().out())
                    .contains("contains 1 entry", "work, ");
        }
    }
}
