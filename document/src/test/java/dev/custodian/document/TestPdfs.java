package dev.custodian.document;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;

/// PDFs of every shape that people bring.
final class TestPdfs {
    private TestPdfs() {}

    static byte[] concat(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// As PDFBox saves: cross-reference stream and object streams.
    static byte[] withObjectStreams() throws IOException {
        try (var document = Loader.loadPDF(SamplePdf.octets());
                var out = new ByteArrayOutputStream()) {
            document.save(out);
            return out.toByteArray();
        }
    }

    static byte[] encrypted(String userPassword) throws IOException {
        try (var document = Loader.loadPDF(SamplePdf.octets());
                var out = new ByteArrayOutputStream()) {
            var policy =
                    new StandardProtectionPolicy("owner", userPassword, new AccessPermission());
            policy.setEncryptionKeyLength(256);
            document.protect(policy);
            document.save(out);
            return out.toByteArray();
        }
    }

    /// One page, with these entries in the catalog and these objects from number 5 on.
    static byte[] onePage(String catalogEntries, String... objects) throws IOException {
        var out = new ByteArrayOutputStream();
        var pdf = new PlainPdf(out);
        pdf.object("<< /Type /Catalog /Pages 2 0 R " + catalogEntries + " >>");
        pdf.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
        pdf.object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Annots 4 0 R >>");
        pdf.object(objects.length == 0 ? "[]" : "[5 0 R]");
        for (var object : objects) {
            pdf.object(object);
        }
        pdf.end("");
        return out.toByteArray();
    }

    /// With an empty signature field `Approval`, which has these further entries.
    static byte[] withWaitingField(String fieldEntries) throws IOException {
        return onePage(
                "/AcroForm << /Fields [5 0 R] >>",
                "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Approval) /Rect [20 20 120 60] /P 3 0 R /F 4 "
                        + fieldEntries
                        + " >>");
    }

    /// With an author's signature that permits what `permission` says (ISO 32000-2 table 257).
    static byte[] certified(int permission) throws IOException {
        return onePage(
                "/AcroForm << /Fields [5 0 R] /SigFlags 3 >> /Perms << /DocMDP 6 0 R >>",
                "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Author) /Rect [0 0 0 0] /P 3 0 R /V 6 0 R >>",
                "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Contents <00>"
                        + " /ByteRange [0 1 2 3] /Reference [<< /TransformMethod /DocMDP /TransformParams << /P "
                        + permission
                        + " /V /1.2 >> >>] >>");
    }
}
