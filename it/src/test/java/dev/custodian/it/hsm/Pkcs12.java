package dev.custodian.it.hsm;

import dev.custodian.it.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Keys that openssl makes, with a certificate that they sign themselves.
final class Pkcs12 {
    static final String PASSWORD = "an old password";

    private Pkcs12() {}

    /// Makes `NAME.p12` with a new key.
    ///
    /// @param kind such as `rsa:2048` or `P-256`
    static Path make(Path folder, String name, String kind) throws Exception {
        var key = folder.resolve(name + ".key");
        var certificate = folder.resolve(name + ".pem");
        var line = new ArrayList<>(List.of("openssl", "req", "-x509", "-nodes", "-newkey"));
        if (kind.startsWith("rsa:")) {
            line.add(kind);
        } else {
            line.addAll(List.of("ec", "-pkeyopt", "ec_paramgen_curve:" + kind));
        }
        line.addAll(List.of("-subj", "/C=GB/CN=Ada Lovelace", "-days", "30"));
        line.addAll(List.of("-keyout", key.toString(), "-out", certificate.toString()));
        Program.run(line.toArray(String[]::new)).orFail();
        return export(folder, name, key, certificate);
    }

    private static Path export(Path folder, String name, Path key, Path certificate)
            throws Exception {
        var password = Files.writeString(folder.resolve(name + ".password"), PASSWORD);
        var file = folder.resolve(name + ".p12");
        Program.run(
                        "openssl",
                        "pkcs12",
                        "-export",
                        "-inkey",
                        key.toString(),
                        "-in",
                        certificate.toString(),
                        "-passout",
                        "file:" + password,
                        "-out",
                        file.toString())
                .orFail();
        return file;
    }
}
