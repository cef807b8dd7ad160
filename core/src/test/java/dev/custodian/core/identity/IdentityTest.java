package dev.custodian.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.identity.IdentityStatement.ActivationKey;
import java.net.URI;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Bytes HASH = Bytes.of(new byte[32]);
    private static final Bytes CODE = Bytes.of(new byte[10]);

    private static IdentityStatement identity(List<Bytes> tls, String base, Instant expires) {
        return new IdentityStatement(
                Bytes.of(new byte[91]),
                tls,
                new ActivationKey(Bytes.of(new byte[8]), HASH),
                "name+00000000+AAAA",
                base,
                NOW,
                expires);
    }

    @Test
    void identityThatNobodyCouldReadIsNotMade() {
        var base = "https://h/csc/v2";
        var end = NOW.plusSeconds(60);
        assertThat(identity(List.of(HASH), base, end).base()).isEqualTo(base);
        assertThat(identity(Collections.nCopies(8, HASH), base, end).tls()).hasSize(8);
        assertThatThrownBy(() -> identity(Collections.nCopies(9, HASH), base, end))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> identity(List.of(), base, end))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> identity(List.of(CODE), base, end))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> identity(List.of(HASH), "http://h/csc/v2", end))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> identity(List.of(HASH), base, NOW))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ActivationKey(HASH, HASH))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void invitationThatNobodyCouldReadIsNotMade() {
        for (var base :
                List.of(
                        "http://h",
                        "https://h/",
                        "https://h/a",
                        "https://h?a",
                        "https://h:0",
                        "h",
                        "https:h")) {
            assertThatThrownBy(() -> new Invitation(URI.create(base), CODE, HASH))
                    .as(base)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new Invitation(URI.create("https://h"), HASH, HASH))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void codeIsInNoPrintedInvitation() {
        var invitation = new Invitation(URI.create("https://h:1"), CODE, HASH);
        assertThat(invitation).hasToString("https://h:1/join#…");
        assertThat(invitation.expose())
                .isEqualTo("https://h:1/join#aaaa-aaaa-aaaa-aaaa." + HASH.base64Url());
    }
}
