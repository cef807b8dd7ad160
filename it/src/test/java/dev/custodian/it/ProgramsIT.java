package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.document.SamplePdf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Programs of others, unmodified, sign with keys on the server by the recipes of `docs/how-to`.
/// Another program checks each result. The table in the README is written by this run.
@TestMethodOrder(OrderAnnotation.class)
class ProgramsIT {
    @TempDir static Path scratch;

    private static Programs programs;
    private static WebServer web;
    private static SshDaemon daemon;

    /// What the run found, in the order of [Row].
    private static final SortedMap<Row, String> FOUND = new ConcurrentSkipListMap<>();

    /// A program, its page in `docs/how-to`, what the recipe there signs and who checks it.
    enum Row {
        PKCS11_TOOL("pkcs11-tool", "pkcs11-tool", "a file, RSA PKCS#1, checked by openssl"),
        P11TOOL("p11tool", "p11tool", "a test, ECDSA P-256, checked by itself"),
        OPENSSL("openssl", "openssl", "CMS, RSA, checked by openssl with the CA"),
        PDFSIG("pdfsig", "pdfsig", "a PDF, RSA, checked by pyHanko"),
        PYHANKO("pyHanko", "pyhanko", "a PDF, ECDSA P-256, checked by pdfsig"),
        PYKCS11("PyKCS11", "pykcs11", "a file, RSA PKCS#1, checked by openssl"),
        NSS("NSS certutil, cmsutil", "nss", "S/MIME, RSA, checked by openssl with the CA"),
        GNUPG("GnuPG gpgsm", "gnupg", "S/MIME, RSA, checked by itself"),
        JAVA("keytool, jarsigner", "java", "a JAR, RSA, checked by jarsigner"),
        CURL("curl", "curl", "TLS login, ECDSA P-256, checked by nginx"),
        GNUTLS("gnutls-cli", "gnutls-cli", "TLS login, RSA-PSS, checked by nginx"),
        OSSLSIGNCODE("osslsigncode", "osslsigncode", "a Windows program, RSA, checked by itself"),
        SSH("ssh", "ssh", "login, checked by sshd"),
        GIT("git", "git-by-hand", "commit and tag, checked by git"),
        SSH_KEYGEN("ssh-keygen", "ssh-keygen", "a file, checked by ssh-keygen");

        private final String program;
        private final String page;
        private final String does;

        Row(String program, String page, String does) {
            this.program = program;
            this.page = page;
            this.does = does;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        programs = Programs.start(scratch);
        web = WebServer.start(Files.createDirectories(scratch.resolve("web")), programs.root());
        daemon = SshDaemon.start(Files.createDirectories(scratch.resolve("sshd")));
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        web.close();
        programs.close();
    }

    @ParameterizedTest
    @EnumSource
    @Order(1)
    void programSignsByItsRecipe(Row row) throws Exception {
        FOUND.put(row, "fails");
        programs.agent().willAnswer(OwnerDevice.PIN);
        var work = programs.work(row.page);
        run(row, work);
        int pins = programs.agent().asked().size();
        assertThat(pins).isPositive();
        FOUND.put(row, "works; " + ReadmeTable.pins(pins));
    }

    private static void run(Row row, Path work) throws Exception {
        switch (row) {
            case PKCS11_TOOL, PYKCS11 -> {
                programs.run(row.page).orFail();
                fits(work);
            }
            case P11TOOL ->
                    assertThat(programs.run(row.page).orFail().said())
                            .contains("Verifying against private key parameters... ok");
            case OPENSSL -> {
                programs.run(row.page).orFail();
                check(
                        work,
                        "openssl cms -verify -binary -inform DER -in letter.p7s -content letter.txt"
                                + " -CAfile $ROOT -purpose any -out /dev/null");
            }
            case PDFSIG -> {
                pdf(work);
                programs.run(row.page).orFail();
                var judged =
                        Program.python(
                                "pyhanko",
                                "sign",
                                "validate",
                                "--no-revocation-check",
                                "--no-strict-syntax",
                                "--trust",
                                programs.root().toString(),
                                work.resolve("contract-signed.pdf").toString());
                assertThat(judged.orFail().said()).contains("INTACT");
            }
            case PYHANKO -> {
                pdf(work);
                programs.run(row.page).orFail();
                assertThat(check(work, "pdfsig -nocert contract-signed.pdf").out())
                        .contains("Signature is Valid.");
            }
            case NSS -> {
                assertThat(programs.run(row.page).orFail().out())
                        .contains("Custodian:document-rsa-3072");
                check(
                        work,
                        "openssl cms -verify -binary -inform DER -in letter.p7s -content letter.txt"
                                + " -CAfile $ROOT -purpose any -out /dev/null");
            }
            case GNUPG -> {
                Files.copy(programs.root(), work.resolve("root.pem"));
                assertThat(programs.run(row.page, work, Map.of()).orFail().said())
                        .contains("Good signature from");
                check(work, "gpgconf --kill all");
            }
            case JAVA -> {
                check(work, "python3 -m zipfile -c app.jar letter.txt");
                assertThat(programs.run(row.page).orFail().out()).contains("code-rsa-3072");
                var jarsigner = Path.of(System.getProperty("java.home"), "bin/jarsigner");
                assertThat(check(work, jarsigner + " -verify app.jar").out())
                        .contains("jar verified.");
            }
            case CURL -> {
                Files.copy(web.certificate(), work.resolve("server.pem"));
                programs.run(row.page, work, Map.of("URL", web.url())).orFail();
                assertThat(Files.readString(work.resolve("page.txt"))).startsWith("SUCCESS CN=");
            }
            case GNUTLS -> {
                Files.copy(web.certificate(), work.resolve("server.pem"));
                programs.run(row.page, work, Map.of("PORT", "" + web.port())).orFail();
                assertThat(Files.readString(work.resolve("page.txt"))).contains("SUCCESS CN=");
            }
            case OSSLSIGNCODE -> {
                Files.write(work.resolve("setup.exe"), SmallPe.octets());
                programs.run(row.page).orFail();
                assertThat(
                                check(
                                                work,
                                                "osslsigncode verify -CAfile $ROOT -in"
                                                        + " setup-signed.exe")
                                        .out())
                        .contains("Signature verification: ok");
            }
            case SSH -> {
                daemon.authorize(programs.publicKeys());
                var host = "-F " + daemon.config() + " server";
                programs.run(row.page, work, Map.of("HOST", host), false).orFail();
                assertThat(Files.readString(work.resolve("answer.txt"))).isEqualTo("worked\n");
            }
            case GIT -> {
                check(work, "git init -q; git config user.name Ada; git config user.email ada");
                assertThat(programs.run(row.page, work, Map.of(), false).orFail().said())
                        .contains("Good \"git\" signature for ada");
            }
            case SSH_KEYGEN ->
                    assertThat(programs.run(row.page, work, Map.of(), false).orFail().said())
                            .contains("Good \"file\" signature for ada");
        }
    }

    private static Program.Ran check(Path work, String command) throws Exception {
        return programs.check(work, command).orFail();
    }

    private static void pdf(Path work) throws Exception {
        Files.write(work.resolve("contract.pdf"), SamplePdf.octets());
    }

    private static void fits(Path work) throws Exception {
        check(
                work,
                "openssl x509 -pubkey -noout -in "
                        + programs.certificate()
                        + " -out key.pem;"
                        + " openssl dgst -sha256 -verify key.pem -signature letter.sig letter.txt");
    }

    @Test
    @Order(2)
    void tableOfTheReadmeIsWhatTheRunFound() throws Exception {
        var table = ReadmeTable.of("programs", ProgramsIT.class);
        for (var row : Row.values()) {
            table.row(row.program, row.page, row.does, FOUND.getOrDefault(row, "not tried"));
        }
        table.require();
    }
}
