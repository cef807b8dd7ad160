package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.attest.Authority;
import dev.custodian.it.Installation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// A maker of simulated TPMs whom an operator trusts, or not yet.
public final class TrustedMaker {
    private final Path folder;
    private final SwtpmMaker maker;

    private TrustedMaker(Path folder, SwtpmMaker maker) {
        this.folder = folder;
        this.maker = maker;
    }

    public static TrustedMaker in(Path folder) throws Exception {
        var maker = new SwtpmMaker(folder.resolve("maker"));
        // the first one brings the maker's authorities into being
        maker.make(folder.resolve("first"));
        return new TrustedMaker(folder, maker);
    }

    /// Makes a TPM that this maker vouches for.
    public TpmOfMachine tpm(Path home) throws Exception {
        maker.make(home.resolve("tpm"));
        return TpmOfMachine.start(home);
    }

    /// Has the operator trust this maker, and ask devices for proof.
    public void isTrustedBy(Installation installation) throws Exception {
        var from = Files.createDirectories(folder.resolve("trust"));
        write(from, maker.authorities());
        installation.command("trust", "import", from.toString());
        installation.configure("# tpm_roots", "tpm_roots");
    }

    /// A folder for `trust import`.
    static void write(Path from, List<Authority> authorities) throws Exception {
        var lines = new ArrayList<String>();
        for (var authority : authorities) {
            lines.add(line(from, authority));
        }
        Files.writeString(
                from.resolve("manifest.json"),
                "{\"version\":1,\"updated\":\"2026-11-01T00:00:00Z\",\"authorities\":[%s]}"
                        .formatted(String.join(",", lines)));
    }

    private static String line(Path from, Authority authority)
            throws IOException, CertificateEncodingException {
        var der = Bytes.of(authority.certificate().getEncoded());
        var hash = Hashes.sha256(der).hex();
        Files.write(
                from.resolve(hash + ".pem"),
                List.of(
                        "-----BEGIN CERTIFICATE-----",
                        Base64.getMimeEncoder().encodeToString(der.toArray()),
                        "-----END CERTIFICATE-----"),
                StandardCharsets.US_ASCII);
        return """
        {"name":"%s","vendor":"simulated","kind":"%s","sha256":"%s","source":"this test",
         "added":"2026-10-01T00:00:00Z"}\
        """
                .formatted(authority.name(), authority.root() ? "root" : "intermediate", hash);
    }
}
