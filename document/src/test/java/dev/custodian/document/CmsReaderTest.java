package dev.custodian.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.io.IOException;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CmsReaderTest {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final Bytes DIGEST = Bytes.of(new byte[32]);

    @Test
    void ownSignatureIsReadWithAndWithoutPadding() throws Exception {
        var cms = cms(ECDSA, TestSigner.EC);
        var parts = CmsReader.read(cms);
        assertThat(parts.scheme()).isEqualTo(ECDSA);
        assertThat(parts.messageDigest()).isEqualTo(DIGEST);
        assertThat(parts.namesCertificate()).isTrue();
        assertThat(parts.signer()).isEqualTo(TestSigner.EC.certificate());
        assertThat(parts.certificates()).hasSize(2);
        assertThat(CmsReader.read(Bytes.concat(cms, Bytes.of(new byte[100]))).signature())
                .isEqualTo(parts.signature());
    }

    @Test
    void saltLengthIsKept() throws Exception {
        var scheme = new SignatureScheme(Scheme.RSA_PSS_SHA384, 17);
        assertThat(CmsReader.read(cms(scheme, TestSigner.RSA)).scheme()).isEqualTo(scheme);
    }

    @Test
    void anythingButZerosAfterItIsRefused() {
        var cms = cms(ECDSA, TestSigner.EC);
        assertFlawed(Bytes.concat(cms, Bytes.of((byte) 0, (byte) 1)), "follows the signature");
        assertFlawed(Bytes.concat(cms, cms), "follows the signature");
    }

    @Test
    void severalSignersAreRefused() throws Exception {
        var data = data();
        var first = data.getSignerInfos().getObjectAt(0);
        assertFlawed(rebuild(data, set(first, first), null), "2 signers");
        assertFlawed(rebuild(data, set(), null), "0 signers");
    }

    @Test
    void documentInsideTheSignatureIsRefused() throws Exception {
        var data = data();
        var content = new ContentInfo(CMSObjectIdentifiers.data, new DEROctetString(new byte[3]));
        assertFlawed(rebuild(data, data.getSignerInfos(), content), "document of its own");
    }

    @Test
    void signerWithoutSignedAttributesIsRefused() throws Exception {
        assertFlawed(withSigner(null, digestAlgorithm("SHA256")), "no signed attributes");
    }

    @Test
    void attributeThatStandsThereTwiceIsRefused() throws Exception {
        var attributes = signer().getAuthenticatedAttributes();
        var twice = new ASN1EncodableVector();
        for (var attribute : attributes) {
            twice.add(attribute);
        }
        var again = Attribute.getInstance(attributes.getObjectAt(0));
        twice.add(
                new Attribute(again.getAttrType(), new DERSet(new ASN1ObjectIdentifier("1.2.3"))));
        assertFlawed(withSigner(new DERSet(twice), digestAlgorithm("SHA256")), "twice");
    }

    @Test
    void weakHashIsRefused() throws Exception {
        var sha1 = new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.14.3.2.26"));
        assertFlawed(withSigner(signer().getAuthenticatedAttributes(), sha1), "too weak");
    }

    @Test
    void hashThatIsNotTheSchemesIsRefused() throws Exception {
        var attributes = signer().getAuthenticatedAttributes();
        assertFlawed(withSigner(attributes, digestAlgorithm("SHA384")), "fit together");
    }

    @Test
    void signerWithoutCertificateIsRefused() throws Exception {
        var data = data();
        var none =
                new SignedData(
                        data.getDigestAlgorithms(),
                        data.getEncapContentInfo(),
                        null,
                        null,
                        data.getSignerInfos());
        assertFlawed(encode(none), "certificate is missing");
    }

    @Test
    void certificateThatWasPutInPlaceOfTheSignersIsNoticed() throws Exception {
        // same issuer and number, another key: signing-certificate-v2 is there for this
        var other = TestSigner.make("EC", 0);
        assertThat(other.certificate().getSerialNumber())
                .isEqualTo(TestSigner.EC.certificate().getSerialNumber());
        var data = data();
        var certificates =
                data(CmsSignature.contentInfo(other.chain(), ECDSA, DIGEST, DIGEST))
                        .getCertificates();
        var swapped =
                new SignedData(
                        data.getDigestAlgorithms(),
                        data.getEncapContentInfo(),
                        certificates,
                        null,
                        data.getSignerInfos());
        assertThat(CmsReader.read(encode(swapped)).namesCertificate()).isFalse();
    }

    @Test
    void octetsThatAreNoSignatureAreRefused() {
        for (var hex : List.of("", "00", "30", "3000", "308000", "0500", "3080".repeat(3000))) {
            assertThatThrownBy(() -> CmsReader.read(Bytes.fromHex(hex))).isInstanceOf(Flaw.class);
        }
    }

    private static void assertFlawed(Bytes cms, String sentence) {
        assertThatThrownBy(() -> CmsReader.read(cms))
                .isInstanceOfSatisfying(
                        Flaw.class, e -> assertThat(e.sentence()).contains(sentence));
    }

    private static Bytes cms(SignatureScheme scheme, TestSigner signer) {
        return Bytes.of(CmsSignature.contentInfo(signer.chain(), scheme, DIGEST, DIGEST));
    }

    private static SignedData data() {
        return data(cms(ECDSA, TestSigner.EC).toArray());
    }

    private static SignedData data(byte[] cms) {
        return SignedData.getInstance(ContentInfo.getInstance(cms).getContent());
    }

    private static SignerInfo signer() {
        return SignerInfo.getInstance(data().getSignerInfos().getObjectAt(0));
    }

    private static AlgorithmIdentifier digestAlgorithm(String name) {
        return new AlgorithmIdentifier(new ASN1ObjectIdentifier(HashAlgorithm.valueOf(name).oid()));
    }

    private static Bytes withSigner(@Nullable ASN1Set attributes, AlgorithmIdentifier hash)
            throws IOException {
        var signer = signer();
        var changed =
                new SignerInfo(
                        signer.getSID(),
                        hash,
                        attributes,
                        signer.getDigestEncryptionAlgorithm(),
                        signer.getEncryptedDigest(),
                        null);
        return rebuild(data(), set(changed), null);
    }

    private static Bytes rebuild(SignedData data, ASN1Set signers, @Nullable ContentInfo content)
            throws IOException {
        return encode(
                new SignedData(
                        data.getDigestAlgorithms(),
                        content == null ? data.getEncapContentInfo() : content,
                        data.getCertificates(),
                        null,
                        signers));
    }

    private static Bytes encode(SignedData data) throws IOException {
        return Bytes.of(new ContentInfo(CMSObjectIdentifiers.signedData, data).getEncoded());
    }

    private static ASN1Set set(ASN1Encodable... elements) {
        return new DERSet(elements);
    }
}
