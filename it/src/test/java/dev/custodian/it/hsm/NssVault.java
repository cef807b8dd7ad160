package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Custody;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.Pkcs11Vault;
import dev.custodian.server.vault.Vault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/// The vault over NSS, which wraps nothing for it: resident keys alone. Its stranger is in SoftHSM,
/// for NSS has one token in a process.
class NssVault extends VaultContract {
    @TempDir Path elsewhere;

    @Override
    String named() {
        return "NSS softokn 3.87";
    }

    @Override
    Vault open(Path folder) throws Exception {
        var hsm = Hsm.nss(folder);
        hsm.load().close();
        return vault(hsm, false);
    }

    private Vault vault(Hsm hsm, boolean wraps) throws Exception {
        var config = hsm.config(hsm.label(), 1_000);
        try (var user = hsm.userPin();
                var officer = hsm.officer()) {
            assertThat(HsmSetup.make(config, user, officer, random).isEmpty()).isEqualTo(wraps);
        }
        return Pkcs11Vault.open(config, hsm.userPin(), random);
    }

    @Override
    Vault stranger() throws Exception {
        var hsm = Hsm.softHsm(Files.createTempDirectory(elsewhere, "softhsm"));
        hsm.load().close();
        return vault(hsm, true);
    }

    @Override
    Origin origin() {
        return Origin.HSM;
    }

    /// It opens an RSA key anew for each signature, for longer than a use waits where a machine is
    /// slow; that it signs is for `NssCheckIT` to show.
    @Override
    Stream<KeyAlgorithm> algorithms() {
        return Stream.of(KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.P521);
    }

    @Override
    Stream<Custody> custodies() {
        return Stream.of(Custody.MANAGED);
    }
}
