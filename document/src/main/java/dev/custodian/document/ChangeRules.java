package dev.custodian.document;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.jspecify.annotations.Nullable;

/// What signatures already in a PDF allow to come after them (ISO 32000-2 §12.8.2).
final class ChangeRules {
    static final COSName LOCK = COSName.getPDFName("Lock");

    private static final COSName TRANSFORM_PARAMS = COSName.getPDFName("TransformParams");
    private static final COSName DOC_MDP = COSName.getPDFName("DocMDP");
    private static final COSName PERMS = COSName.getPDFName("Perms");
    private static final COSName REFERENCE = COSName.getPDFName("Reference");

    /// The permission that allows no change at all.
    private static final int NO_CHANGES = 1;

    private ChangeRules() {}

    static void requireSignable(PdfSource source) throws IOException, Refused {
        var document = source.document();
        if (forbidsChanges(document)) {
            throw new Refused(FailureKind.PDF_CERTIFIED);
        }
        if (source.skipped() > 0 && !document.getSignatureDictionaries().isEmpty()) {
            throw new Refused(
                    FailureKind.PDF_DAMAGED,
                    "Something stands in front of it, so that the signatures in it cannot be kept.");
        }
    }

    private static boolean forbidsChanges(PDDocument document) {
        var permissions = document.getDocumentCatalog().getCOSObject().getCOSDictionary(PERMS);
        if (permissions != null && forbidsChanges(permissions.getCOSDictionary(DOC_MDP))) {
            return true;
        }
        for (var field : document.getSignatureFields()) {
            var signature = field.getSignature();
            if (signature == null) {
                continue;
            }
            var lock = field.getCOSObject().getCOSDictionary(LOCK);
            if (forbidsChanges(signature.getCOSObject())
                    || lock != null && lock.getInt(COSName.P) == NO_CHANGES) {
                return true;
            }
        }
        return false;
    }

    private static boolean forbidsChanges(@Nullable COSDictionary signature) {
        COSArray references = signature == null ? null : signature.getCOSArray(REFERENCE);
        if (references == null) {
            return false;
        }
        for (int i = 0; i < references.size(); i++) {
            if (references.getObject(i) instanceof COSDictionary reference) {
                var parameters = reference.getCOSDictionary(TRANSFORM_PARAMS);
                if (parameters != null && parameters.getInt(COSName.P) == NO_CHANGES) {
                    return true;
                }
            }
        }
        return false;
    }
}
