package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
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

    private static byte[] key() {
        var octets = new byte[32];
        new SecureRandom().nextBytes(octets);
        return octets;
    }

    /// @param masters the newest first
    private static EmbeddedVault vault(byte[]... masters) {
        return new EmbeddedVault(
                Arrays.stream(masters).map(one -> Secret.owning(one.clone())).toList(),
                new SecureRandom());
    }

    @Test
    void secretsOfAFormerMasterOpenAndMoveToTheNewest() throws Exception {
        var former = key();
        var newer = key();
        var context = Bytes.utf8("pepper");
        Bytes wrapped;
        Bytes mac;
        try (var old = vault(former);
                var secret = Secret.owning(new byte[] {1, 2, 3})) {
            wrapped = old.wrap(context, secret);
            mac = old.mac("owner", context);
            assertThat(old.rewrap(context, wrapped)).isSameAs(wrapped);
        }
        try (var both = vault(newer, former);
                var alone = vault(newer);
                var stranger = vault(key(), key())) {
            assertThat(both.isMac("owner", context, mac)).isTrue();
            assertThat(alone.isMac("owner", context, mac)).isFalse();
            assertThat(both.isMac("other", context, mac)).isFalse();
            var rewrapped = both.rewrap(context, wrapped);
            try (var secret = alone.unwrap(context, rewrapped)) {
                assertThat(secret.expose()).containsExactly(1, 2, 3);
            }
            assertThatThrownBy(() -> alone.unwrap(context, wrapped))
                    .isInstanceOf(GeneralSecurityException.class);
            assertThatThrownBy(() -> stranger.rewrap(context, wrapped))
                    .isInstanceOf(GeneralSecurityException.class);
            assertThatThrownBy(() -> both.unwrap(Bytes.utf8("another"), wrapped))
                    .isInstanceOf(GeneralSecurityException.class);
        }
    }

    @Test
    void rowsFromBeforeMasterKeysHadNamesAreOfTheOldest() {
        try (var one = vault(key());
                var two = vault(key(), key())) {
            assertThat(one.isNewest("embedded", "master", "AES-256-GCM")).isTrue();
            assertThat(two.isNewest("embedded", "master", "AES-256-GCM")).isFalse();
            assertThat(two.isNewest("hsm", "master", "AES-256-GCM")).isFalse();
        }
    }
}
