package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.SignatureScheme;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.BERSequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the vault lets pass of a device's signatures: exactly those of the scheme that was asked
/// for. Signatures are made by our own keys.
class PublicKeysTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static List<SignatureScheme> schemes(KeyAlgorithm algorithm) {
        return algorithm.schemes().stream()
                .flatMap(
                        scheme ->
                                scheme.isPss()
                                        ? Arrays.stream(new int[] {0, 1, scheme.hash().length()})
                                                .mapToObj(salt -> new SignatureScheme(scheme, salt))
                                        : List.of(SignatureScheme.of(scheme)).stream())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"RSA_2048", "P256", "P521"})
    void onlyTheSignatureOfThisDigestByThisKeyInThisSchemePasses(KeyAlgorithm algorithm)
            throws Exception {
        var keys = new PrivateKeys(RANDOM);
        var pair = keys.generate(algorithm);
        var other = keys.generate(algorithm).getPublic();
        var key = PublicKeys.parse(algorithm, Bytes.of(pair.getPublic().getEncoded()));
        for (var how : schemes(algorithm)) {
            var hash = MessageDigest.getInstance(how.scheme().hash().jca());
            var digest = Bytes.of(hash.digest(new byte[] {1}));
            var another = Bytes.of(hash.digest(new byte[] {2}));
            var signature = keys.sign(pair.getPrivate(), how, digest);
            assertThat(PublicKeys.verifies(key, how, digest, signature)).as("%s", how).isTrue();
            assertThat(PublicKeys.verifies(key, how, another, signature)).isFalse();
            assertThat(PublicKeys.verifies(other, how, digest, signature)).isFalse();
            var flipped = signature.toArray();
            flipped[flipped.length - 1] ^= 1;
            assertThat(PublicKeys.verifies(key, how, digest, Bytes.of(flipped))).isFalse();
            for (int size : new int[] {0, 1, signature.size() - 1}) {
                var cut = signature.slice(0, size);
                assertThat(PublicKeys.verifies(key, how, digest, cut)).isFalse();
            }
            assertThat(
                            PublicKeys.verifies(
                                    key,
                                    how,
                                    digest,
                                    Bytes.concat(signature, Bytes.of(new byte[1]))))
                    .isFalse();
            for (var wrong : schemes(algorithm)) {
                if (!wrong.equals(how) && wrong.scheme().hash() == how.scheme().hash()) {
                    assertThat(PublicKeys.verifies(key, wrong, digest, signature))
                            .as("%s as %s", how, wrong)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void keysThatSignedLastAreReadyAndAreNotMixedUp() throws Exception {
        var keys = new PrivateKeys(RANDOM);
        var how = SignatureScheme.of(KeyAlgorithm.P256.schemes().getFirst());
        var digest = Bytes.of(new byte[how.scheme().hash().length()]);
        var latest = new VerifyingKeys();
        var first = keys.generate(KeyAlgorithm.P256);
        var spki = Bytes.of(first.getPublic().getEncoded());
        var signature = keys.sign(first.getPrivate(), how, digest);
        var ready = latest.of(KeyAlgorithm.P256, spki);
        assertThat(latest.of(KeyAlgorithm.P256, spki)).isSameAs(ready);
        for (int i = 0; i < 300; i++) {
            var other = Bytes.of(keys.generate(KeyAlgorithm.P256).getPublic().getEncoded());
            assertThat(latest.of(KeyAlgorithm.P256, other).verifies(how, digest, signature))
                    .isFalse();
        }
        assertThat(latest.size()).isEqualTo(256);
        var again = latest.of(KeyAlgorithm.P256, spki);
        assertThat(again).isNotSameAs(ready);
        assertThat(again.verifies(how, digest, signature)).isTrue();
        assertThat(ready.verifies(how, digest, signature)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "n", "n+1"})
    void numberThatIsNotBetweenZeroAndTheOrderIsNoSignature(String number) throws Exception {
        var algorithm = KeyAlgorithm.P256;
        var keys = new PrivateKeys(RANDOM);
        var pair = keys.generate(algorithm);
        var how = SignatureScheme.of(algorithm.schemes().getFirst());
        var digest = Bytes.of(new byte[how.scheme().hash().length()]);
        var signature = keys.sign(pair.getPrivate(), how, digest);
        var good = ASN1Sequence.getInstance(signature.toArray());
        var order = ((ECPublicKey) pair.getPublic()).getParams().getOrder();
        var odd =
                switch (number) {
                    case "n" -> order;
                    case "n+1" -> order.add(BigInteger.ONE);
                    default -> new BigInteger(number);
                };
        for (int i = 0; i < 2; i++) {
            var two = good.toArray();
            two[i] = new ASN1Integer(odd);
            var bad = Bytes.of(new DERSequence(two).getEncoded("DER"));
            assertThat(PublicKeys.verifies(pair.getPublic(), how, digest, bad)).isFalse();
        }
        assertThat(PublicKeys.verifies(pair.getPublic(), how, digest, signature)).isTrue();
    }

    @Test
    void signatureThatIsWrittenAnotherWayIsNone() throws Exception {
        var algorithm = KeyAlgorithm.P256;
        var keys = new PrivateKeys(RANDOM);
        var pair = keys.generate(algorithm);
        var how = SignatureScheme.of(algorithm.schemes().getFirst());
        var digest = Bytes.of(new byte[how.scheme().hash().length()]);
        var signature = keys.sign(pair.getPrivate(), how, digest);
        var two = ASN1Sequence.getInstance(signature.toArray()).toArray();
        var others =
                List.of(
                        new BERSequence(two).getEncoded("BER"),
                        new DERSequence(two[0]).getEncoded("DER"),
                        new DERSequence(new ASN1Encodable[] {two[0], DERNull.INSTANCE})
                                .getEncoded("DER"),
                        DERNull.INSTANCE.getEncoded("DER"));
        for (var other : others) {
            assertThat(PublicKeys.verifies(pair.getPublic(), how, digest, Bytes.of(other)))
                    .isFalse();
        }
        assertThat(PublicKeys.verifies(pair.getPublic(), how, digest, signature)).isTrue();
    }
}
