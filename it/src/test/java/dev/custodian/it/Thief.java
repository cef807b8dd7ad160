package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;

/// Who has an installation's database, configuration and keys, `it/thief`; where there is an HSM,
/// its module, its user PIN and the token's files.
///
/// @param folder where the signature goes
public record Thief(Installation installation, Path folder) {
    private static final byte[] MESSAGE = {'s', 't', 'o', 'l', 'e', 'n'};

    /// Has him try to sign.
    ///
    /// @param more options of the program
    public Program.Ran steal(Installation.Made credential, String... more) throws Exception {
        var line = new ArrayList<String>();
        line.add(Program.HOME.resolve("it/thief/thief.py").toString());
        line.addAll(List.of("--config", installation.config().toString()));
        line.addAll(List.of("--credential", credential.id().text()));
        line.addAll(List.of("--digest", Hashes.sha256(Bytes.of(MESSAGE)).hex()));
        line.addAll(List.of("--out", signature(folder).toString()));
        var hsm = installation.hsm();
        if (hsm != null) {
            line.addAll(List.of("--token-files", hsm.softHsmFiles().toString()));
        }
        line.addAll(List.of(more));
        Files.deleteIfExists(signature(folder));
        return Program.python(installation.environment(), "python", line);
    }

    static Path signature(Path folder) {
        return folder.resolve("stolen.signature");
    }

    /// That the last try gave a signature that the credential's certificate verifies.
    public void assertSigned(Installation.Made credential) throws Exception {
        var key = credential.certificate().getPublicKey();
        var check =
                Signature.getInstance(
                        key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
        check.initVerify(key);
        check.update(MESSAGE);
        assertThat(check.verify(Files.readAllBytes(signature(folder)))).isTrue();
    }
}
