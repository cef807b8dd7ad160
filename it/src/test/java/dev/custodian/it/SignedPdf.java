package dev.custodian.it;

import dev.custodian.core.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.regex.Pattern;

/// The last signature of a PDF, taken apart without any PDF library: what it covers, and its CMS.
record SignedPdf(Bytes covered, Bytes cms) {
    private static final Pattern RANGE =
            Pattern.compile("/ByteRange\\s*\\[\\s*(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s*\\]");

    static SignedPdf read(Path file) throws IOException {
        var octets = Files.readAllBytes(file);
        var found = RANGE.matcher(new String(octets, StandardCharsets.ISO_8859_1));
        int gap = -1;
        int after = -1;
        int end = -1;
        while (found.find()) {
            gap = Integer.parseInt(found.group(2));
            after = Integer.parseInt(found.group(3));
            end = after + Integer.parseInt(found.group(4));
        }
        if (gap < 0 || end != octets.length) {
            throw new AssertionError("the last signature does not cover the whole file");
        }
        var covered = new ByteArrayOutputStream();
        covered.write(octets, 0, gap);
        covered.write(octets, after, end - after);
        var hex = new String(octets, gap + 1, after - gap - 2, StandardCharsets.US_ASCII);
        return new SignedPdf(Bytes.of(covered.toByteArray()), der(Bytes.fromHex(hex)));
    }

    /// The octets of the outer SEQUENCE, without the zeros that fill the gap.
    private static Bytes der(Bytes padded) {
        int lengthOctets = padded.at(1) & 0x7f;
        int length = 0;
        for (int i = 0; i < lengthOctets; i++) {
            length = length << 8 | padded.at(2 + i) & 0xff;
        }
        return padded.slice(0, 2 + lengthOctets + length);
    }

    /// The signer's certificate: the one that its embedded certificates do not name as an issuer.
    X509Certificate signer() throws CertificateException {
        var all =
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(cms.toArray()));
        for (var one : all) {
            if (one instanceof X509Certificate certificate
                    && certificate.getBasicConstraints() < 0) {
                return certificate;
            }
        }
        throw new AssertionError("no certificate of a person in the CMS");
    }
}
