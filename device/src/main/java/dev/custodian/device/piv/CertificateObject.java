package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// A certificate as it rests in a card (SP 800-73-4 Part 1 appendix A), bare or in gzip.
final class CertificateObject {
    private static final int CERTIFICATE = 0x70;
    private static final int INFO = 0x71;
    private static final int CHECKSUM = 0xfe;
    private static final int GZIP = 1;

    /// None of ours is as long; gzip makes a thousand times as much of what it gets.
    private static final int LONGEST = 1 << 15;

    private CertificateObject() {}

    static byte[] write(X509Certificate certificate, boolean compressed)
            throws CertificateEncodingException {
        var der = certificate.getEncoded();
        return Bytes.concat(
                        Bytes.of(Tlv.write(CERTIFICATE, compressed ? compress(der) : der)),
                        Bytes.of(Tlv.write(INFO, new byte[] {(byte) (compressed ? GZIP : 0)})),
                        Bytes.of(Tlv.write(CHECKSUM)))
                .toArray();
    }

    /// DER of the certificate.
    static Bytes read(Bytes object) throws MalformedException {
        var in = new Tlv(object);
        var der = in.element(CERTIFICATE);
        int info = 0;
        while (in.hasNext()) {
            int tag = in.tag();
            var content = in.element();
            if (tag == INFO) {
                info = SlotMetadata.number(content);
            }
        }
        return (info & GZIP) == 0 ? der : expand(der);
    }

    static X509Certificate parse(Bytes der) throws MalformedException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der.toArray()));
        } catch (CertificateException e) {
            throw new MalformedException(Reason.SYNTAX, "no certificate");
        }
    }

    private static byte[] compress(byte[] octets) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(octets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static Bytes expand(Bytes compressed) throws MalformedException {
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(compressed.toArray()))) {
            var octets = gzip.readNBytes(LONGEST + 1);
            if (octets.length > LONGEST) {
                throw new MalformedException(Reason.SIZE, "a certificate that is too long");
            }
            return Bytes.of(octets);
        } catch (IOException e) {
            throw new MalformedException(Reason.SYNTAX, "no gzip");
        }
    }
}
