package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/// What is the embedded vault's own; what it shares with the others is in `it`, as a contract.
class EmbeddedVaultTest {
    @Test
    void closedVaultHasWipedItsMasterKeyAndDoesNothing() {
        var master = new byte[32];
        var random = new SecureRandom();
        random.nextBytes(master);
        var label = Bytes.utf8("what for");
        var vault = new EmbeddedVault(Secret.owning(master), random);
        assertThat(vault.mac("label", label).size()).isEqualTo(32);
        vault.close();
        assertThat(master).containsOnly(0);
        assertThatThrownBy(() -> vault.mac("label", label))
                .isInstanceOf(IllegalStateException.class);
    }
}
