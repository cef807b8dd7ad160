package dev.custodian.document;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm.Family;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;

/// Reads a detached CMS signature by one signer. Whatever has another shape is malformed, with a
/// sentence that says why.
final class CmsReader {
    private static final int MAX_CERTIFICATES = 64;

    private CmsReader() {}

    /// A signature taken apart; nothing in it is verified yet.
    ///
    /// @param signedAttributes the DER that was signed
    /// @param certificates the signer's first, then all others that came along
    record Parts(
            SignatureScheme scheme,
            Bytes messageDigest,
            Bytes signedAttributes,
            Bytes signature,
            boolean namesCertificate,
            List<X509Certificate> certificates) {
        X509Certificate signer() {
            return certificates.getFirst();
        }
    }

    /// `contents` may be padded with zeros, as they are in a PDF.
    static Parts read(Bytes contents) throws Flaw {
        try {
            return parts(signedData(contents.toArray()));
        } catch (IOException
                | GeneralSecurityException
                | RuntimeException
                | VirtualMachineError _) {
            throw new Flaw("The signature cannot be read.");
        }
    }

    private static SignedData signedData(byte[] contents) throws IOException, Flaw {
        var octets = new ByteArrayInputStream(contents);
        var info = ContentInfo.getInstance(new ASN1InputStream(octets).readObject());
        for (byte padding : octets.readAllBytes()) {
            if (padding != 0) {
                throw new Flaw("Something else follows the signature.");
            }
        }
        if (!CMSObjectIdentifiers.signedData.equals(info.getContentType())) {
            throw new Flaw("It is not a CMS signature.");
        }
        return SignedData.getInstance(info.getContent());
    }

    private static Parts parts(SignedData data) throws IOException, GeneralSecurityException, Flaw {
        var content = data.getEncapContentInfo();
        if (content.getContent() != null
                || !CMSObjectIdentifiers.data.equals(content.getContentType())) {
            throw new Flaw("The signature carries a document of its own.");
        }
        if (data.getSignerInfos().size() != 1) {
            throw new Flaw(
                    "There are " + data.getSignerInfos().size() + " signers in one signature.");
        }
        var info = SignerInfo.getInstance(data.getSignerInfos().getObjectAt(0));
        if (info.getAuthenticatedAttributes() == null) {
            throw new Flaw("The signature has no signed attributes.");
        }
        var attributes = attributes(info.getAuthenticatedAttributes());
        var contentType = value(attributes, CMSAttributes.contentType, "content type");
        if (!CMSObjectIdentifiers.data.equals(contentType)) {
            throw new Flaw("The signature is about another type of content.");
        }
        var hash = hash(info.getDigestAlgorithm());
        requireVersions(data, info);
        var digest = value(attributes, CMSAttributes.messageDigest, "digest");
        var certificates = certificates(data, info.getSID());
        return new Parts(
                scheme(info.getDigestEncryptionAlgorithm(), hash),
                Bytes.of(ASN1OctetString.getInstance(digest).getOctets()),
                Bytes.of(info.getAuthenticatedAttributes().getEncoded(ASN1Encoding.DER)),
                Bytes.of(info.getEncryptedDigest().getOctets()),
                namesCertificate(attributes, certificates.getFirst()),
                certificates);
    }

    /// RFC 5652 §5.1, §5.3: what the rest implies.
    private static void requireVersions(SignedData data, SignerInfo info) throws Flaw {
        int signerVersion = info.getSID().isTagged() ? 3 : 1;
        int version = data.getVersion().intValueExact();
        boolean named = false;
        for (var algorithm : data.getDigestAlgorithms()) {
            named |= AlgorithmIdentifier.getInstance(algorithm).equals(info.getDigestAlgorithm());
        }
        if (info.getVersion().intValueExact() != signerVersion
                || version < signerVersion
                || version == 2
                || version > 5
                || !named) {
            throw new Flaw("The signature's parts do not fit together.");
        }
    }

    private static Map<ASN1ObjectIdentifier, Attribute> attributes(ASN1Set set) throws Flaw {
        var attributes = new HashMap<ASN1ObjectIdentifier, Attribute>();
        for (var element : set) {
            var attribute = Attribute.getInstance(element);
            if (attributes.put(attribute.getAttrType(), attribute) != null) {
                throw new Flaw("A signed attribute stands there twice.");
            }
        }
        return attributes;
    }

    private static ASN1Encodable value(
            Map<ASN1ObjectIdentifier, Attribute> attributes, ASN1ObjectIdentifier type, String what)
            throws Flaw {
        var attribute = attributes.get(type);
        if (attribute == null || attribute.getAttrValues().size() != 1) {
            throw new Flaw("The signature does not name its " + what + ".");
        }
        return attribute.getAttrValues().getObjectAt(0);
    }

    private static HashAlgorithm hash(AlgorithmIdentifier algorithm) throws Flaw {
        try {
            return HashAlgorithm.ofOid(algorithm.getAlgorithm().getId());
        } catch (MalformedException _) {
            throw new Flaw("The signature's hash is unknown or too weak.");
        }
    }

    private static SignatureScheme scheme(AlgorithmIdentifier algorithm, HashAlgorithm hash)
            throws Flaw {
        var oid = algorithm.getAlgorithm().getId();
        if (oid.equals(Scheme.RSASSA_PSS)) {
            return pss(RSASSAPSSparams.getInstance(algorithm.getParameters()), hash);
        }
        if (oid.equals(Scheme.RSA_ENCRYPTION)) {
            return SignatureScheme.of(Scheme.plain(Family.RSA, hash));
        }
        for (var scheme : Scheme.values()) {
            if (scheme.combinedOid().equals(oid) && scheme.hash() == hash) {
                return SignatureScheme.of(scheme);
            }
        }
        throw new Flaw("The signature's algorithm is unknown or too weak.");
    }

    private static SignatureScheme pss(RSASSAPSSparams parameters, HashAlgorithm hash) throws Flaw {
        var mask = parameters.getMaskGenAlgorithm();
        int salt = parameters.getSaltLength().intValueExact();
        if (!parameters.getHashAlgorithm().getAlgorithm().getId().equals(hash.oid())
                || !mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
                || !AlgorithmIdentifier.getInstance(mask.getParameters())
                        .getAlgorithm()
                        .getId()
                        .equals(hash.oid())
                || parameters.getTrailerField().intValueExact() != 1
                || salt < 0
                || salt > SignatureScheme.MAX_SALT) {
            throw new Flaw("The signature's PSS parameters do not fit together.");
        }
        return new SignatureScheme(Scheme.pss(hash), salt);
    }

    private static List<X509Certificate> certificates(SignedData data, SignerIdentifier signer)
            throws GeneralSecurityException, IOException, Flaw {
        var set = data.getCertificates();
        if (set == null || set.size() > MAX_CERTIFICATES) {
            throw new Flaw("The signer's certificate is missing.");
        }
        var factory = CertificateFactory.getInstance("X.509");
        var certificates = new ArrayList<X509Certificate>();
        int found = -1;
        for (var element : set) {
            var der = Certificate.getInstance(element).getEncoded(ASN1Encoding.DER);
            var certificate =
                    (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
            if (found < 0 && identifies(signer, certificate)) {
                found = certificates.size();
            }
            certificates.add(certificate);
        }
        if (found < 0) {
            throw new Flaw("The signer's certificate is missing.");
        }
        certificates.addFirst(certificates.remove(found));
        return List.copyOf(certificates);
    }

    private static boolean identifies(SignerIdentifier signer, X509Certificate certificate)
            throws IOException {
        if (!signer.isTagged()) {
            var id = IssuerAndSerialNumber.getInstance(signer.getId());
            return id.getSerialNumber().getValue().equals(certificate.getSerialNumber())
                    && new X500Principal(id.getName().getEncoded())
                            .equals(certificate.getIssuerX500Principal());
        }
        byte[] wanted = ASN1OctetString.getInstance(signer.getId()).getOctets();
        byte[] extension = certificate.getExtensionValue("2.5.29.14");
        return extension != null
                && MessageDigest.isEqual(
                        wanted,
                        ASN1OctetString.getInstance(
                                        ASN1OctetString.getInstance(extension).getOctets())
                                .getOctets());
    }

    /// Whether the first entry of signing-certificate-v2 is this certificate (RFC 5035 §4).
    private static boolean namesCertificate(
            Map<ASN1ObjectIdentifier, Attribute> attributes, X509Certificate certificate)
            throws GeneralSecurityException, Flaw {
        if (!attributes.containsKey(PKCSObjectIdentifiers.id_aa_signingCertificateV2)) {
            return false;
        }
        var value =
                value(attributes, PKCSObjectIdentifiers.id_aa_signingCertificateV2, "certificate");
        ESSCertIDv2[] ids = SigningCertificateV2.getInstance(value).getCerts();
        if (ids.length == 0) {
            return false;
        }
        var hash = hash(ids[0].getHashAlgorithm());
        var serial = ids[0].getIssuerSerial();
        return MessageDigest.isEqual(
                        ids[0].getCertHashObject().getOctets(),
                        CmsSignature.digest(hash, certificate.getEncoded()))
                && (serial == null
                        || serial.getSerial().getValue().equals(certificate.getSerialNumber()));
    }
}
