package dev.custodian.document;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.document.Finding.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.apache.pdfbox.pdmodel.interactive.form.PDSignatureField;
import org.jspecify.annotations.Nullable;

/// Verifies the signatures of a PDF, offline: against what is in the file and the [Trust] that is
/// given.
public final class PdfVerification {
    /// What the JDK would print as numbers.
    private static final Map<String, String> NAMES =
            Map.of(
                    "2.5.4.4", "surname",
                    "2.5.4.5", "serialNumber",
                    "2.5.4.42", "givenName");

    private static final int MAX_SIGNATURES = 100;
    private static final int MIN_RSA_BITS = 2048;
    private static final int MIN_EC_BITS = 256;

    private final PdfSource source;
    private final Trust trust;
    private final Instant now;

    private PdfVerification(PdfSource source, Trust trust, Instant now) {
        this.source = source;
        this.trust = trust;
        this.now = now;
    }

    /// Refuses only what is no readable PDF ([FailureKind#NOT_A_PDF] and its neighbours); what is
    /// wrong with a signature is a finding, never an exception.
    public static PdfReport verify(Path file, Trust trust, Instant now) throws Refused {
        try (var source = PdfSource.open(file)) {
            return verify(source, trust, now);
        }
    }

    static PdfReport verify(PdfSource source, Trust trust, Instant now) throws Refused {
        try {
            return new PdfVerification(source, trust, now).report();
        } catch (IOException | RuntimeException | VirtualMachineError _) {
            throw new Refused(FailureKind.PDF_DAMAGED);
        }
    }

    private PdfReport report() throws IOException, Refused {
        var reports = new ArrayList<SignatureReport>();
        for (var field : source.document().getSignatureFields()) {
            var signature = field.getSignature();
            if (signature == null) {
                continue;
            }
            if (reports.size() == MAX_SIGNATURES) {
                throw new Refused(
                        FailureKind.PDF_DAMAGED,
                        "It has more than " + MAX_SIGNATURES + " signatures.");
            }
            reports.add(report(field, signature));
        }
        reports.sort(Comparator.comparingLong(SignatureReport::coveredOctets));
        return new PdfReport(source.skipped() + source.octets().length(), reports);
    }

    private SignatureReport report(PDSignatureField field, PDSignature signature)
            throws IOException {
        var findings = new ArrayList<Finding>();
        var signer = "";
        long covered = 0;
        var time = time(signature);
        try {
            var range = SignedRange.read(signature.getCOSObject(), source.octets());
            covered = range.end();
            findings.add(range(range));
            var parts = form(signature, range, findings);
            if (parts != null) {
                signer =
                        parts.signer()
                                .getSubjectX500Principal()
                                .getName(X500Principal.RFC2253, NAMES);
                findings.addAll(cryptography(range, parts));
                findings.addAll(new CertificateChecks(parts.certificates(), trust, now).all(time));
            }
        } catch (Flaw e) {
            findings.add(Finding.fails(Check.RANGE, e.sentence()));
        }
        return new SignatureReport(
                ReportText.printable(field.getFullyQualifiedName()),
                ReportText.printable(signer),
                time,
                covered,
                source.octets().length() - covered,
                findings);
    }

    private Finding range(SignedRange range) throws IOException {
        if (source.skipped() > 0) {
            return Finding.fails(
                    Check.RANGE,
                    "%d octets stand in front of the PDF, and it says nothing about them."
                            .formatted(source.skipped()));
        }
        long later = source.octets().length() - range.end();
        return Finding.holds(
                Check.RANGE,
                later == 0
                        ? "It covers the whole file."
                        : "It covers the file's first %d octets; %d were added later, about which it says nothing."
                                .formatted(range.end(), later));
    }

    private static CmsReader.@Nullable Parts form(
            PDSignature signature, SignedRange range, List<Finding> findings) {
        var kind = signature.getSubFilter();
        if ("ETSI.RFC3161".equals(kind)) {
            findings.add(Finding.unknown(Check.FORM, "It is a time stamp, which is not checked."));
            return null;
        }
        if (!"ETSI.CAdES.detached".equals(kind) && !"adbe.pkcs7.detached".equals(kind)) {
            findings.add(Finding.fails(Check.FORM, "It is of a kind that is not known here."));
            return null;
        }
        try {
            var parts = CmsReader.read(range.contents());
            findings.add(Finding.holds(Check.FORM, "It is one signature by one signer."));
            return parts;
        } catch (Flaw e) {
            findings.add(Finding.fails(Check.FORM, e.sentence()));
            return null;
        }
    }

    private List<Finding> cryptography(SignedRange range, CmsReader.Parts parts)
            throws IOException {
        var digest = range.digest(parts.scheme().scheme().hash(), source.octets());
        return List.of(
                Bytes.of(digest).equals(parts.messageDigest())
                        ? Finding.holds(Check.DIGEST, "What it covers was not changed.")
                        : Finding.fails(
                                Check.DIGEST, "What it covers was changed after it was signed."),
                signature(parts),
                parts.namesCertificate()
                        ? Finding.holds(
                                Check.SIGNING_CERTIFICATE,
                                "What was signed names this certificate.")
                        : Finding.fails(
                                Check.SIGNING_CERTIFICATE,
                                "What was signed does not name this certificate."));
    }

    private static Finding signature(CmsReader.Parts parts) {
        var key = parts.signer().getPublicKey();
        boolean strong =
                switch (key) {
                    case RSAPublicKey rsa -> rsa.getModulus().bitLength() >= MIN_RSA_BITS;
                    case ECPublicKey ec ->
                            ec.getParams().getCurve().getField().getFieldSize() >= MIN_EC_BITS;
                    default -> false;
                };
        if (!strong) {
            return Finding.fails(Check.SIGNATURE, "The signer's key is too short.");
        }
        return CmsSignature.verifies(
                        key,
                        parts.scheme(),
                        parts.signedAttributes().toArray(),
                        parts.signature().toArray())
                ? Finding.holds(Check.SIGNATURE, "The signature is by the certificate's key.")
                : Finding.fails(Check.SIGNATURE, "The signature is not by the certificate's key.");
    }

    private static @Nullable Instant time(PDSignature signature) {
        var date = signature.getSignDate();
        return date == null ? null : date.toInstant();
    }
}
