package dev.custodian.server.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.util.Base64URL;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CryptoProviderTest {
    static List<CryptoProvider> providers() {
        return List.of(CryptoProvider.jdk(), CryptoProvider.fastest());
    }

    /// Were it not so, all tests here and elsewhere would say nothing of what servers use.
    @Test
    void fastestIsConscryptWhereItsLibraryLoads() {
        assertThat(CryptoProvider.fastest()).hasToString("Conscrypt");
        assertThat(CryptoProvider.jdk()).hasToString("JDK");
    }

    @ParameterizedTest
    @MethodSource("providers")
    void onlyTheKeysOwnSignaturePasses(CryptoProvider provider) throws Exception {
        var pair = pair();
        var jws = new JWSObject(new JWSHeader(JWSAlgorithm.ES256), new Payload("what is approved"));
        jws.sign(new ECDSASigner((ECPrivateKey) pair.getPrivate()));

        assertThat(jws.verify(provider.es256(pair.getPublic().getEncoded()))).isTrue();
        assertThat(jws.verify(provider.es256(pair().getPublic().getEncoded()))).isFalse();
        for (int at : new int[] {0, 31, 32, 63}) {
            var signature = jws.getSignature().decode();
            signature[at] ^= 1;
            assertThat(isAccepted(provider, pair, jws, signature)).as("octet %d", at).isFalse();
        }
        assertThat(isAccepted(provider, pair, jws, new byte[64])).as("r = s = 0").isFalse();
        assertThat(isAccepted(provider, pair, jws, new byte[63])).as("short").isFalse();
    }

    private static boolean isAccepted(
            CryptoProvider provider, KeyPair pair, JWSObject jws, byte[] signature)
            throws Exception {
        var header = jws.getHeader().toBase64URL();
        var payload = jws.getPayload().toBase64URL();
        return new JWSObject(header, payload, Base64URL.encode(signature))
                .verify(provider.es256(pair.getPublic().getEncoded()));
    }

    private static KeyPair pair() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
