package dev.custodian.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Programs of others that check a signed PDF, each told to trust one root and no other.
final class Judges {
    private final Path folder;
    private final Path root;
    private final Path nss;

    private Judges(Path folder, Path root, Path nss) {
        this.folder = folder;
        this.root = root;
        this.nss = nss;
    }

    /// @param folder for their files, empty
    /// @param root PEM
    static Judges trusting(Path root, Path folder) throws IOException, InterruptedException {
        var nss = Files.createDirectories(folder.resolve("nss"));
        Program.run("certutil", "-N", "-d", "sql:" + nss, "--empty-password").orFail();
        var judges = new Judges(folder, root, nss);
        judges.alsoTrust(root, "root");
        return judges;
    }

    /// Tells `pdfsig`, which looks at every signature of a file, of one more root.
    void alsoTrust(Path another, String name) throws IOException, InterruptedException {
        Program.run(
                        "certutil",
                        "-A",
                        "-d",
                        "sql:" + nss,
                        "-n",
                        name,
                        "-t",
                        "CT,C,C",
                        "-i",
                        another.toString())
                .orFail();
    }

    /// poppler's verdict, on all signatures in the file.
    String pdfsig(Path pdf) throws IOException, InterruptedException {
        return Program.run("pdfsig", "-nssdir", "sql:" + nss, pdf.toString()).said();
    }

    /// pyHanko's verdict on all signatures: exit code 0 if all are valid and trusted.
    Program.Ran pyhanko(Path pdf) throws IOException, InterruptedException {
        return Program.python(
                "pyhanko",
                "sign",
                "validate",
                "--executive-summary",
                "--trust",
                root.toString(),
                "--trust-replace",
                pdf.toString());
    }

    /// OpenSSL's verdict on the last signature as a detached CMS.
    Program.Ran openssl(SignedPdf signed) throws IOException, InterruptedException {
        var cms = Files.write(folder.resolve("signature.der"), signed.cms().toArray());
        var covered = Files.write(folder.resolve("covered"), signed.covered().toArray());
        return Program.run(
                "openssl",
                "cms",
                "-verify",
                "-inform",
                "DER",
                "-in",
                cms.toString(),
                "-content",
                covered.toString(),
                "-binary",
                "-CAfile",
                root.toString(),
                "-out",
                "/dev/null");
    }

    /// qpdf's verdict on the structure of the file.
    static Program.Ran qpdf(Path pdf) throws IOException, InterruptedException {
        return Program.run("qpdf", "--check", pdf.toString());
    }

    /// pkilint's verdict on a certificate by RFC 5280. The exit code is the number of errors.
    static Program.Ran lintCertificate(Path pem) throws IOException, InterruptedException {
        return Program.python("lint_pkix_cert", "lint", "-s", "ERROR", pem.toString());
    }

    /// pkilint's verdict on a revocation list by RFC 5280.
    static Program.Ran lintList(Path pem) throws IOException, InterruptedException {
        return Program.python(
                "lint_crl", "lint", "-p", "PKIX", "-t", "CRL", "-s", "ERROR", pem.toString());
    }
}
