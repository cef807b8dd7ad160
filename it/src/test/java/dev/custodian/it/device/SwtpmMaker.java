package dev.custodian.it.device;

import dev.custodian.core.attest.Authority;
import dev.custodian.it.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/// A maker of simulated TPMs with a CA of his own: swtpm's set-up, with all that it writes in one
/// folder.
final class SwtpmMaker {
    private final Path folder;

    SwtpmMaker(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder.toAbsolutePath());
        var ca = Files.createDirectories(this.folder.resolve("ca"));
        Files.writeString(
                this.folder.resolve("localca.conf"),
                """
                statedir = %1$s
                signingkey = %1$s/signkey.pem
                issuercert = %1$s/issuercert.pem
                certserial = %1$s/certserial
                """
                        .formatted(ca));
        Files.writeString(
                this.folder.resolve("localca.options"),
                """
                --platform-manufacturer Nobody
                --platform-version 1.0
                --platform-model None
                """);
        Files.writeString(
                this.folder.resolve("setup.conf"),
                """
                create_certs_tool= /usr/bin/swtpm_localca
                create_certs_tool_config = %1$s/localca.conf
                create_certs_tool_options = %1$s/localca.options
                active_pcr_banks = sha256
                """
                        .formatted(this.folder));
    }

    /// Makes a TPM, with EKs of RSA-2048 and P-384 and their certificates, for [Swtpm#start].
    void make(Path tpm) throws IOException, InterruptedException {
        var state = Files.createDirectories(tpm.toAbsolutePath().resolve("state"));
        var _ =
                Program.run(
                                "swtpm_setup",
                                "--tpm2",
                                "--tpm-state",
                                "dir://" + state,
                                "--config",
                                folder.resolve("setup.conf").toString(),
                                "--create-ek-cert",
                                "--lock-nvram",
                                "--overwrite",
                                "--log",
                                folder.resolve("log").toString())
                        .orFail();
    }

    /// Root and what is below it, trusted.
    List<Authority> authorities() throws IOException, CertificateException {
        return List.of(
                authority("swtpm-localca-rootca-cert.pem", true),
                authority("issuercert.pem", false));
    }

    private Authority authority(String file, boolean root)
            throws IOException, CertificateException {
        try (var in = Files.newInputStream(folder.resolve("ca").resolve(file))) {
            var certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(in);
            return new Authority(file, "swtpm", certificate, root, false);
        }
    }
}
