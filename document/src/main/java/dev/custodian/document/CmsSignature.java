package dev.custodian.document;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
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
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuerSerial;

/// The CMS signature of PAdES level B-B (ETSI EN 319 142-1 §6.3): detached, one signer, and the
/// signed attributes content-type, message-digest and signing-certificate-v2. The claimed time is
/// in the PDF, so there is no signing-time attribute.
final class CmsSignature {
    private CmsSignature() {}

    /// The signed attributes as DER `SET OF` (RFC 5652 §5.4): what is hashed and signed.
    static byte[] signedAttributes(
            Bytes documentDigest, X509Certificate signer, HashAlgorithm hash) {
        return der(attributes(documentDigest, signer, hash));
    }

    /// The whole ContentInfo around a finished signature.
    static byte[] contentInfo(
            List<X509Certificate> chain,
            SignatureScheme scheme,
            Bytes documentDigest,
            Bytes signature) {
        var hash = scheme.scheme().hash();
        var signer = chain.getFirst();
        var digestAlgorithm = new AlgorithmIdentifier(new ASN1ObjectIdentifier(hash.oid()));
        var holder = certificate(signer);
        var signerInfo =
                new SignerInfo(
                        new SignerIdentifier(
                                new IssuerAndSerialNumber(
                                        holder.getIssuer(), signer.getSerialNumber())),
                        digestAlgorithm,
                        attributes(documentDigest, signer, hash),
                        algorithm(scheme),
                        new DEROctetString(signature.toArray()),
                        null);
        var certificates = new ASN1EncodableVector();
        chain.forEach(c -> certificates.add(certificate(c)));
        var signedData =
                new SignedData(
                        new DERSet(digestAlgorithm),
                        new ContentInfo(CMSObjectIdentifiers.data, null),
                        new DERSet(certificates),
                        null,
                        new DERSet(signerInfo));
        return der(new ContentInfo(CMSObjectIdentifiers.signedData, signedData));
    }

    /// Octets of the longest ContentInfo that these certificates and this scheme can yield.
    static int maxSize(List<X509Certificate> chain, SignatureScheme scheme) {
        var longest = Bytes.of(new byte[maxSignatureSize(chain.getFirst().getPublicKey())]);
        var digest = Bytes.of(new byte[scheme.scheme().hash().length()]);
        return contentInfo(chain, scheme, digest, longest).length;
    }

    private static int maxSignatureSize(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> (rsa.getModulus().bitLength() + 7) / 8;
            case ECPublicKey ec -> {
                // SEQUENCE { r, s }: each of the order's size, a zero octet before it, tags and
                // lengths
                int order = (ec.getParams().getOrder().bitLength() + 7) / 8;
                yield 2 * (order + 3) + 4;
            }
            default -> throw new IllegalArgumentException("a key of kind " + key.getAlgorithm());
        };
    }

    /// Whether `signature` is by `key` over `message`, by the JDK's own providers.
    static boolean verifies(
            PublicKey key, SignatureScheme scheme, byte[] message, byte[] signature) {
        try {
            var verifier = Signature.getInstance(scheme.scheme().jca());
            if (scheme.scheme().isPss()) {
                var hash = scheme.scheme().hash().jca();
                verifier.setParameter(
                        new PSSParameterSpec(
                                hash,
                                "MGF1",
                                new MGF1ParameterSpec(hash),
                                scheme.saltLength(),
                                PSSParameterSpec.TRAILER_FIELD_BC));
            }
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    static byte[] digest(HashAlgorithm hash, byte[] octets) {
        return newDigest(hash).digest(octets);
    }

    static MessageDigest newDigest(HashAlgorithm hash) {
        try {
            return MessageDigest.getInstance(hash.jca());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has SHA-2", e);
        }
    }

    private static DERSet attributes(
            Bytes documentDigest, X509Certificate signer, HashAlgorithm hash) {
        var attributes = new ASN1EncodableVector();
        attributes.add(attribute(CMSAttributes.contentType, CMSObjectIdentifiers.data));
        attributes.add(
                attribute(
                        CMSAttributes.messageDigest, new DEROctetString(documentDigest.toArray())));
        attributes.add(
                attribute(
                        PKCSObjectIdentifiers.id_aa_signingCertificateV2,
                        new SigningCertificateV2(signingCertificate(signer, hash))));
        return new DERSet(attributes);
    }

    private static ESSCertIDv2 signingCertificate(X509Certificate signer, HashAlgorithm hash) {
        var holder = certificate(signer);
        return new ESSCertIDv2(
                new AlgorithmIdentifier(new ASN1ObjectIdentifier(hash.oid())),
                digest(hash, der(holder)),
                new IssuerSerial(
                        new GeneralNames(new GeneralName(holder.getIssuer())),
                        new ASN1Integer(signer.getSerialNumber())));
    }

    private static Attribute attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
        return new Attribute(type, new DERSet(value));
    }

    private static AlgorithmIdentifier algorithm(SignatureScheme scheme) {
        var oid = new ASN1ObjectIdentifier(scheme.scheme().combinedOid());
        if (scheme.scheme().isPss()) {
            var hash =
                    new AlgorithmIdentifier(
                            new ASN1ObjectIdentifier(scheme.scheme().hash().oid()),
                            DERNull.INSTANCE);
            return new AlgorithmIdentifier(
                    oid,
                    new RSASSAPSSparams(
                            hash,
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hash),
                            new ASN1Integer(BigInteger.valueOf(scheme.saltLength())),
                            RSASSAPSSparams.DEFAULT_TRAILER_FIELD));
        }
        return switch (scheme.scheme().family()) {
            case RSA -> new AlgorithmIdentifier(oid, DERNull.INSTANCE); // RFC 4055 §5
            case EC -> new AlgorithmIdentifier(oid); // RFC 5758 §3.2
        };
    }

    private static Certificate certificate(X509Certificate certificate) {
        try {
            return Certificate.getInstance(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    private static byte[] der(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new AssertionError("encoding into memory", e);
        }
    }
}
