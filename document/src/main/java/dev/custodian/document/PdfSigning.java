package dev.custodian.document;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.TimeZone;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSNumber;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationWidget;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.SignatureOptions;
import org.apache.pdfbox.pdmodel.interactive.form.PDSignatureField;
import org.jspecify.annotations.Nullable;

/// Signs PDFs as PAdES level B-B with a key that is elsewhere: [#prepare] reads the file and yields
/// the one digest that travels, [Prepared#complete] takes the signature and writes the signed file.
/// The signature is an incremental update: the input's octets are kept, and signatures already in
/// it stay valid.
public final class PdfSigning {
    private static final COSName ETSI_CADES_DETACHED = COSName.getPDFName("ETSI.CAdES.detached");
    private static final COSName SEED_VALUE = COSName.getPDFName("SV");
    private static final int CHUNK = 64 * 1024;

    private PdfSigning() {}

    /// Refuses, before anybody is asked to approve, whatever can be told now:
    /// [FailureKind#NOT_A_PDF] and its neighbours for the input, [FailureKind#OUTPUT_EXISTS] and
    /// its neighbours for the output, [FailureKind#SCHEME_REFUSED] when scheme and certificate do
    /// not go together. Writes nothing.
    public static Prepared prepare(SigningRequest request) throws Refused {
        requireFitting(request);
        try (var source = open(request.input(), request.output())) {
            return prepare(request, source);
        } catch (IOException | RuntimeException | VirtualMachineError _) {
            throw new Refused(FailureKind.PDF_DAMAGED, request.input().toString());
        }
    }

    /// Refuses all of that which needs no certificate, for callers who have costly work to do
    /// before they hold one.
    public static void requireSignable(Path input, Path output) throws Refused {
        open(input, output).close();
    }

    private static PdfSource open(Path input, Path output) throws Refused {
        var source = PdfSource.open(input);
        try {
            if (Files.exists(output) && Files.isSameFile(input, output)) {
                throw new Refused(FailureKind.OUTPUT_IS_INPUT, input.toString());
            }
            ChangeRules.requireSignable(source);
            AtomicFile.requireWritable(output, source.octets().length());
            return source;
        } catch (Refused e) {
            source.close();
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError _) {
            source.close();
            throw new Refused(FailureKind.PDF_DAMAGED, input.toString());
        }
    }

    private static Prepared prepare(SigningRequest request, PdfSource source) throws IOException {
        var document = source.document();
        var signature = new PDSignature();
        signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
        signature.setSubFilter(ETSI_CADES_DETACHED);
        signature.setSignDate(calendar(request));

        var waiting = waitingField(document);
        int reserved = CmsSignature.maxSize(request.chain(), request.scheme());
        try (var options = new SignatureOptions()) {
            options.setPreferredSignatureSize(reserved);
            if (waiting == null) {
                document.addSignature(signature, options);
            } else {
                fill(document, waiting, signature, options);
            }
        }
        // the time also seeds the file identifier: the same request yields the same octets
        document.setDocumentId(request.time().toEpochMilli());
        var field = nameOf(document, signature);
        return digest(
                request, source, signature, new Prepared.Field(field, waiting != null), reserved);
    }

    /// Runs once over the input and the update that PDFBox made, hashing all but the reserved gap
    /// and keeping the update, so that the document need not stay open while somebody approves.
    private static Prepared digest(
            SigningRequest request,
            PdfSource source,
            PDSignature signature,
            Prepared.Field field,
            int reserved)
            throws IOException {
        var hash = request.scheme().scheme().hash();
        var digest = CmsSignature.newDigest(hash);
        var update = new ByteArrayOutputStream();
        long inputLength = source.octets().length();
        Bytes inputDigest = Bytes.EMPTY;
        var signing =
                source.document()
                        .saveIncrementalForExternalSigning(OutputStream.nullOutputStream());
        try (var content = signing.getContent()) {
            var chunk = new byte[CHUNK];
            long at = 0;
            for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
                digest.update(chunk, 0, read);
                int ofInput = Math.clamp(inputLength - at, 0, read);
                update.write(chunk, ofInput, read - ofInput);
                at += read;
                if (at == inputLength) {
                    inputDigest = copyOf(digest);
                }
            }
        }
        var range = signature.getCOSObject().getCOSArray(COSName.BYTERANGE);
        long gapStart = ((COSNumber) range.get(1)).longValue();
        int gapAt = Math.toIntExact(gapStart - inputLength);
        long gap = ((COSNumber) range.get(2)).longValue() - gapStart;
        if (gap != 2 * reserved + 2) {
            throw new IOException("a gap of " + gap + " octets");
        }
        var octets = update.toByteArray();
        return new Prepared(
                request,
                field,
                source.skipped(),
                inputLength,
                inputDigest,
                Bytes.of(digest.digest()),
                Bytes.of(Arrays.copyOf(octets, gapAt)),
                reserved,
                Bytes.of(Arrays.copyOfRange(octets, gapAt, octets.length)));
    }

    private static Bytes copyOf(MessageDigest digest) throws IOException {
        try {
            return Bytes.of(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IOException(e);
        }
    }

    private static @Nullable PDSignatureField waitingField(PDDocument document) {
        var form = document.getDocumentCatalog().getAcroForm(null);
        if (form == null) {
            return null;
        }
        for (var field : form.getFieldTree()) {
            // a seed value or a lock asks for more than we do: such a field is left to programs
            // that can
            if (field instanceof PDSignatureField waiting
                    && waiting.getSignature() == null
                    && !waiting.getWidgets().isEmpty()
                    && !waiting.getCOSObject().containsKey(SEED_VALUE)
                    && !waiting.getCOSObject().containsKey(ChangeRules.LOCK)) {
                return waiting;
            }
        }
        return null;
    }

    /// PDFBox makes the field that it fills invisible; ours keeps the place that the author gave
    /// it.
    private static void fill(
            PDDocument document,
            PDSignatureField waiting,
            PDSignature signature,
            SignatureOptions options)
            throws IOException {
        var widget = waiting.getWidgets().getFirst();
        PDRectangle place = widget.getRectangle();
        // setValue would ask for an appearance, which PDFBox does not make for signatures
        waiting.getCOSObject().setItem(COSName.V, signature);
        document.addSignature(signature, options);
        restorePlace(widget, place);
    }

    private static void restorePlace(PDAnnotationWidget widget, @Nullable PDRectangle place) {
        if (place != null) {
            widget.setRectangle(place);
            widget.getAppearance()
                    .getNormalAppearance()
                    .getAppearanceStream()
                    .setBBox(new PDRectangle(place.getWidth(), place.getHeight()));
        }
    }

    private static String nameOf(PDDocument document, PDSignature signature) {
        for (var field : document.getSignatureFields()) {
            var value = field.getSignature();
            if (value != null && value.getCOSObject().equals(signature.getCOSObject())) {
                return field.getFullyQualifiedName();
            }
        }
        throw new IllegalStateException("the signature is in no field");
    }

    private static Calendar calendar(SigningRequest request) {
        var calendar = new GregorianCalendar(TimeZone.getTimeZone("UTC"));
        calendar.setTime(Date.from(request.time()));
        return calendar;
    }

    private static void requireFitting(SigningRequest request) throws Refused {
        var key = request.signer().getPublicKey();
        var fits =
                switch (request.scheme().scheme().family()) {
                    case RSA -> key instanceof RSAPublicKey;
                    case EC -> key instanceof ECPublicKey;
                };
        if (!fits) {
            throw new Refused(
                    FailureKind.SCHEME_REFUSED, "The certificate has another kind of key.");
        }
    }
}
