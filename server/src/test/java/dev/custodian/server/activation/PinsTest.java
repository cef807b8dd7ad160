package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;

class PinsTest {
    private static final Bytes SALT = Bytes.fromHex("000102030405060708090a0b0c0d0e0f");

    private final byte[] pepper = new byte[32];
    private final Pins pins = new Pins();

    private static Secret pin() {
        return Secret.owning("274913".getBytes(StandardCharsets.UTF_8));
    }

    private byte[] hmac(byte[] data) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(pepper, "HmacSHA256"));
        return mac.doFinal(data);
    }

    /// The formula of FORMATS §4, written down a second time: seals of today must open tomorrow.
    @Test
    void pinIsStretchedAsTheFormatSays() throws Exception {
        var argon2 = new Argon2BytesGenerator();
        argon2.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(0x13)
                        .withSalt(SALT.toArray())
                        .withMemoryAsKB(19 * 1024)
                        .withIterations(2)
                        .withParallelism(1)
                        .build());
        var stretched = new byte[32];
        argon2.generateBytes(hmac("274913".getBytes(StandardCharsets.UTF_8)), stretched);
        try (var p = pins.hash(Secret.owning(pepper.clone()), pin(), SALT)) {
            assertThat(p.expose()).isEqualTo(hmac(stretched));
        }
    }

    @Test
    void placeIsGivenBackThoughHashingFails() {
        int places = pins.running.availablePermits();
        var closed = Secret.owning(new byte[32]);
        closed.close();
        for (int i = 0; i < places + 1; i++) {
            assertThatThrownBy(() -> pins.hash(closed, pin(), SALT))
                    .isInstanceOf(IllegalStateException.class);
        }
        pins.hash(Secret.owning(pepper), pin(), SALT).close();
        assertThat(pins.running.availablePermits()).isEqualTo(places);
    }
}
