package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.store.Samples;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `DEVICE` and what it may look like.
class DeviceProofTest {
    private static final Id DEVICE = Samples.device(1);

    private final KeyPair key = ecKey("secp256r1");
    private final Intent intent =
            new Intent(
                    Samples.hash("server"),
                    new Approver.OnDevice(Samples.owner(1), DEVICE),
                    Samples.hash("nonce"),
                    Samples.NOW,
                    Samples.NOW.plusSeconds(60),
                    List.of(),
                    new Matter.Sign(
                            Samples.credential(1),
                            Purpose.DOCUMENT,
                            "",
                            List.of(new Matter.Digest(Samples.hash("one"), ""))));

    private static KeyPair ecKey(String curve) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private Bytes spki() {
        return Bytes.of(key.getPublic().getEncoded());
    }

    private static JWSHeader.Builder header() {
        return new JWSHeader.Builder(JWSAlgorithm.ES256).type(new JOSEObjectType(Intent.TYPE));
    }

    private String signed(JWSHeader header, Bytes payload) throws Exception {
        var jws = new JWSObject(header, new Payload(payload.toArray()));
        jws.sign(new ECDSASigner((ECPrivateKey) key.getPrivate()));
        return jws.serialize();
    }

    private String honest() throws Exception {
        return signed(header().keyID(DEVICE.text()).build(), intent.encode());
    }

    private static void refused(FailureKind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    private static void malformed(String compact) {
        refused(FailureKind.MALFORMED_REQUEST, () -> DeviceProof.parse(compact));
    }

    @Test
    void proofIsTheIntentAsItWasSigned() throws Exception {
        var compact = honest();
        var proof = DeviceProof.parse(compact);
        proof.verify(spki(), DEVICE.text());
        assertThat(proof.intent()).isEqualTo(intent);
        assertThat(proof.intentHash()).isEqualTo(Hashes.sha256(intent.encode()));
        assertThat(proof.evidence()).isEqualTo(Bytes.utf8(compact));
    }

    @Test
    void proofOfAnotherKeyOrWithAnotherPayloadIsRefused() throws Exception {
        var proof = DeviceProof.parse(honest());
        var other = Bytes.of(ecKey("secp256r1").getPublic().getEncoded());
        refused(FailureKind.FACTORS_REFUSED, () -> proof.verify(other, DEVICE.text()));
        var parts = honest().split("\\.", 3);
        var changed =
                new Intent(
                        intent.server(),
                        intent.approver(),
                        Samples.hash("another nonce"),
                        intent.iat(),
                        intent.exp(),
                        intent.shown(),
                        intent.matter());
        var forged =
                DeviceProof.parse(parts[0] + "." + changed.encode().base64Url() + "." + parts[2]);
        refused(FailureKind.FACTORS_REFUSED, () -> forged.verify(spki(), DEVICE.text()));
    }

    @Test
    void keyThatIsNoneOrOnAnotherCurveIsRefused() throws Exception {
        var proof = DeviceProof.parse(honest());
        var p384 = Bytes.of(ecKey("secp384r1").getPublic().getEncoded());
        refused(FailureKind.FACTORS_REFUSED, () -> proof.verify(p384, DEVICE.text()));
        refused(FailureKind.FACTORS_REFUSED, () -> proof.verify(Bytes.utf8("x"), DEVICE.text()));
    }

    @Test
    void proofNamesItsDeviceAndAnEnrolmentNamesNone() throws Exception {
        var named = DeviceProof.parse(honest());
        refused(FailureKind.FACTORS_REFUSED, () -> named.verify(spki(), Samples.device(2).text()));
        refused(FailureKind.FACTORS_REFUSED, () -> named.verify(spki(), ""));
        var nameless = DeviceProof.parse(signed(header().build(), intent.encode()));
        nameless.verify(spki(), "");
        refused(FailureKind.FACTORS_REFUSED, () -> nameless.verify(spki(), DEVICE.text()));
    }

    @Test
    void signatureForAnotherUseIsRefused() throws Exception {
        malformed(signed(header().type(new JOSEObjectType("dpop+jwt")).build(), intent.encode()));
        malformed(signed(header().type(null).build(), intent.encode()));
    }

    @Test
    void headerHoldsNothingElse() throws Exception {
        malformed(signed(header().customParam("x", "y").build(), intent.encode()));
        malformed(signed(header().contentType("json").build(), intent.encode()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "ES384", "RS256"})
    void otherAlgorithmsAreRefused(String name) {
        var header = "{\"typ\":\"" + Intent.TYPE + "\",\"alg\":\"" + name + "\",\"kid\":\"x\"}";
        malformed(
                Bytes.utf8(header).base64Url()
                        + "."
                        + intent.encode().base64Url()
                        + "."
                        + Bytes.utf8("signature").base64Url());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.b", "a.b.c", "....", "{}"})
    void textThatIsNoJwsIsRefused(String text) {
        malformed(text);
    }

    @Test
    void payloadThatIsNoIntentIsRefused() throws Exception {
        malformed(signed(header().build(), Bytes.utf8("{}")));
        malformed(signed(header().build(), Bytes.concat(intent.encode(), Bytes.utf8(" x"))));
    }

    @Test
    void textLongerThanAnyIntentIsNotLookedAt() {
        int most = Intent.MAX_SIZE / 3 * 4 + 1024;
        assertThatThrownBy(() -> DeviceProof.parse("x".repeat(most + 1)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> DeviceProof.parse("x".repeat(most)))
                .isInstanceOf(Refused.class)
                .hasMessageNotContaining("too long");
    }
}
