package dev.custodian.core.hpke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.List;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.junit.jupiter.api.Test;

class HpkeTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Bytes INFO = Bytes.utf8("custodian/activation/1");
    private static final Bytes AAD = Bytes.utf8("aad");
    private static final HPKE PEER =
            new HPKE(
                    HPKE.mode_base,
                    HPKE.kem_X25519_SHA256,
                    HPKE.kdf_HKDF_SHA256,
                    HPKE.aead_AES_GCM256);

    private static Bytes random(int size) {
        var octets = new byte[size];
        RANDOM.nextBytes(octets);
        return Bytes.of(octets);
    }

    private static AsymmetricCipherKeyPair peerKey(Bytes scalar, Bytes publicKey) {
        return PEER.deserializePrivateKey(scalar.toArray(), publicKey.toArray());
    }

    @Test
    void bouncyCastleOpensWhatWeSeal() throws Exception {
        for (int size : new int[] {0, 1, 28, 67, 1000}) {
            var scalar = random(32);
            var publicKey = X25519.publicOf(X25519.privateKey(Secret.owning(scalar.toArray())));
            var plaintext = random(size).toArray();
            var box = Hpke.seal(publicKey, INFO, AAD, plaintext, RANDOM);
            assertThat(box.size()).isEqualTo(size + Hpke.OVERHEAD);
            assertThat(
                            PEER.open(
                                    box.slice(0, 32).toArray(),
                                    peerKey(scalar, publicKey),
                                    INFO.toArray(),
                                    AAD.toArray(),
                                    box.slice(32, box.size()).toArray(),
                                    null,
                                    null,
                                    null))
                    .isEqualTo(plaintext);
        }
    }

    @Test
    void weOpenWhatBouncyCastleSeals() throws Exception {
        for (int size : new int[] {0, 1, 28, 67, 1000}) {
            var key = X25519.privateKey(Secret.owning(random(32).toArray()));
            var plaintext = random(size).toArray();
            var parts =
                    PEER.seal(
                            PEER.deserializePublicKey(X25519.publicOf(key).toArray()),
                            INFO.toArray(),
                            AAD.toArray(),
                            plaintext,
                            null,
                            null,
                            null);
            // the ciphertext comes first there
            var box = Bytes.concat(Bytes.of(parts[1]), Bytes.of(parts[0]));
            try (var opened = Hpke.open(key, box, INFO, AAD)) {
                assertThat(opened.expose()).isEqualTo(plaintext);
            }
        }
    }

    @Test
    void everyFlippedBitIsNoticed() throws Exception {
        var key = X25519.privateKey(Secret.owning(random(32).toArray()));
        var box = Hpke.seal(X25519.publicOf(key), INFO, AAD, new byte[] {1}, RANDOM);
        for (int bit = 0; bit < 8 * box.size(); bit++) {
            var octets = box.toArray();
            octets[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Hpke.open(key, Bytes.of(octets), INFO, AAD))
                    .isInstanceOf(GeneralSecurityException.class);
        }
    }

    /// RFC 7748 §6.1: a peer of small order would make a shared secret that everybody knows.
    @Test
    void recipientsOfSmallOrderAreRefused() {
        var points =
                List.of(
                        "0000000000000000000000000000000000000000000000000000000000000000",
                        "0100000000000000000000000000000000000000000000000000000000000000",
                        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        var key = X25519.privateKey(Secret.owning(random(32).toArray()));
        for (var point : points) {
            assertThatThrownBy(
                            () -> Hpke.seal(Bytes.fromHex(point), INFO, AAD, new byte[1], RANDOM))
                    .as(point)
                    .isInstanceOf(GeneralSecurityException.class);
            var box = Bytes.concat(Bytes.fromHex(point), random(17));
            assertThatThrownBy(() -> Hpke.open(key, box, INFO, AAD))
                    .as(point)
                    .isInstanceOf(GeneralSecurityException.class);
        }
    }

    @Test
    void octetsOfAKeyAreThoseItWasMadeOf() throws Exception {
        var generator = KeyPairGenerator.getInstance("X25519");
        for (int i = 0; i < 32; i++) {
            var pair = generator.generateKeyPair();
            var octets = X25519.octets(pair.getPublic());
            assertThat(octets).isEqualTo(X25519.publicOf(pair.getPrivate()));
            assertThat(X25519.octets(X25519.publicKey(octets))).isEqualTo(octets);
        }
        var small = Bytes.concat(Bytes.of((byte) 9), Bytes.of(new byte[31]));
        assertThat(X25519.octets(X25519.publicKey(small))).isEqualTo(small);
        assertThatThrownBy(() -> X25519.publicKey(Bytes.of(new byte[31])))
                .isInstanceOf(GeneralSecurityException.class);
    }
}
