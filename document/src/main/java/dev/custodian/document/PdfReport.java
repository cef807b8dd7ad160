package dev.custodian.document;

import java.util.List;

/// What was found about all signatures of a PDF, in the order in which they were made.
///
/// @param length octets of the file
public record PdfReport(long length, List<SignatureReport> signatures) {
    public PdfReport {
        signatures = List.copyOf(signatures);
    }

    /// Whether there are signatures, all can be trusted, and the last says something about the
    /// whole file.
    public boolean isTrusted() {
        return !signatures.isEmpty()
                && signatures.stream().allMatch(SignatureReport::isTrusted)
                && signatures.getLast().coversWholeFile();
    }

    /// The report in plain words, some lines for each signature.
    public String text() {
        return ReportText.of(this);
    }
}
