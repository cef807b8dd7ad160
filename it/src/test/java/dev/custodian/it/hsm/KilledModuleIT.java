package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Custody;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.Pkcs11Vault;
import dev.custodian.server.vault.Vault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// A module in a process of its own is killed between uses, with resident keys.
class KilledModuleIT extends VaultRig {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final int KILLS = Integer.getInteger("custodian.it.kills", 10);

    private @Nullable P11KitServer process;

    @Override
    Vault open(Path folder) throws Exception {
        var started = new P11KitServer(Hsm.softHsm(folder), folder);
        process = started;
        var hsm = started.hsm();
        hsm.load().close();
        var config = hsm.config(hsm.label(), 1_000);
        try (var user = hsm.userPin()) {
            assertThat(HsmSetup.make(config, user, null, random)).isNotEmpty();
        }
        return Pkcs11Vault.open(config, hsm.userPin(), random);
    }

    @AfterAll
    void end() throws Exception {
        Objects.requireNonNull(process).kill();
    }

    @Test
    void moduleThatIsKilledLosesNoApproval() throws Exception {
        var module = Objects.requireNonNull(process);
        var key = make(KeyAlgorithm.P256, Custody.MANAGED).key();
        for (int i = 0; i < KILLS; i++) {
            var word = "word " + i;
            var approved = approved(key, ECDSA, word);
            module.kill();
            refused(() -> use(approved));
            module.startAgain();
            assertThat(verifies(key, ECDSA, useAtLast(approved).getFirst(), word)).isTrue();
        }
        await("each use has its outcome")
                .atMost(Duration.ofSeconds(60))
                .until(() -> openUses() == 0);
    }
}
