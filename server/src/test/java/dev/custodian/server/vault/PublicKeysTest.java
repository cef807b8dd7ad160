package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.SignatureScheme;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
}
