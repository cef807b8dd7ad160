package dev.custodian.device.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.Signature;
import org.junit.jupiter.api.Test;

/// A key with a PIN over a TPM that tells the truth, and over some that do not.
class TpmKeyTest {
    private static final byte[] LETTER = "Dear Charles".getBytes(StandardCharsets.US_ASCII);

    private static Bytes sign(FakeTpm fake, byte[] pin) throws IOException {
        try (var tpm = new Tpm(fake);
                var storage = TpmStorage.preferred(tpm, new SecureRandom());
                var key = storage.load(fake.file());
                var secret = Secret.copyOf(pin, 0, pin.length)) {
            return key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(LETTER), secret);
        }
    }

    private static void assertRefused(FakeTpm fake, byte[] pin, Meaning meaning) {
        assertThatThrownBy(() -> sign(fake, pin))
                .isInstanceOfSatisfying(
                        TpmException.class, e -> assertThat(e.meaning()).isEqualTo(meaning));
        assertThat(fake.loaded()).isEmpty();
    }

    @Test
    void signatureOverASaltedSessionVerifies() throws Exception {
        var fake = new FakeTpm(FakeTpm.Lie.NONE);
        var signature = sign(fake, FakeTpm.PIN);
        var verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
        verifier.initVerify(fake.file().area().publicKey());
        verifier.update(LETTER);
        assertThat(verifier.verify(signature.toArray())).isTrue();
        assertThat(fake.loaded()).isEmpty();
    }

    @Test
    void wrongPinIsRefusedAndLeavesNothing() {
        assertRefused(new FakeTpm(FakeTpm.Lie.NONE), new byte[] {'1'}, Meaning.AUTH_FAIL);
    }

    @Test
    void answerWithAWrongHmacIsRefused() {
        assertRefused(new FakeTpm(FakeTpm.Lie.HMAC), FakeTpm.PIN, Meaning.FORGED_ANSWER);
    }

    @Test
    void answerWhoseParametersWereChangedIsRefused() {
        var fake = new FakeTpm(FakeTpm.Lie.PARAMETERS);
        assertThatThrownBy(() -> sign(fake, FakeTpm.PIN))
                .isInstanceOfSatisfying(
                        TpmException.class,
                        e -> assertThat(e.meaning()).isEqualTo(Meaning.FORGED_ANSWER));
    }

    @Test
    void anotherNameIsRefusedAndTheObjectFlushed() {
        assertRefused(new FakeTpm(FakeTpm.Lie.NAME), FakeTpm.PIN, Meaning.FORGED_ANSWER);
    }

    @Test
    void pinThatATpmWouldCutOrRefuseIsNoPin() throws Exception {
        try (var tpm = new Tpm(new FakeTpm(FakeTpm.Lie.NONE));
                var storage = TpmStorage.preferred(tpm, new SecureRandom())) {
            for (var octets : new byte[][] {{}, {'1', 0}, new byte[33]}) {
                try (var pin = Secret.owning(octets)) {
                    assertThatThrownBy(() -> storage.create(KeyAlgorithm.P256, pin))
                            .isInstanceOf(IllegalArgumentException.class);
                }
            }
        }
    }

    @Test
    void digestOfAnotherHashIsRefused() throws Exception {
        var fake = new FakeTpm(FakeTpm.Lie.NONE);
        try (var tpm = new Tpm(fake);
                var storage = TpmStorage.preferred(tpm, new SecureRandom());
                var key = storage.load(fake.file())) {
            assertThatThrownBy(() -> key.sign(Scheme.ECDSA_SHA384, Hashes.sha256(LETTER), null))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
