package dev.custodian.document;

import dev.custodian.document.Finding.Outcome;
import java.util.stream.Collectors;

/// Says a report in plain words, and makes foreign text safe to print.
final class ReportText {
    private static final int MAX_FOREIGN = 200;

    private ReportText() {}

    static String of(PdfReport report) {
        if (report.signatures().isEmpty()) {
            return "The file holds no signature.\n";
        }
        return report.signatures().stream().map(ReportText::of).collect(Collectors.joining("\n"));
    }

    private static String of(SignatureReport signature) {
        var text = new StringBuilder();
        text.append("Signature ").append(signature.field());
        if (!signature.signer().isEmpty()) {
            text.append(" by ").append(signature.signer());
        }
        text.append('\n');
        if (signature.time() != null) {
            text.append("  claims to be made at ").append(signature.time()).append('\n');
        }
        for (var finding : signature.findings()) {
            text.append("  ").append(mark(finding.outcome())).append("  ");
            text.append(finding.sentence()).append('\n');
        }
        return text.toString();
    }

    private static String mark(Outcome outcome) {
        return switch (outcome) {
            case HOLDS -> "yes";
            case FAILS -> "NO ";
            case UNKNOWN -> " ? ";
        };
    }

    /// Text out of a file or certificate without what could move the cursor, reverse the line or
    /// fill the screen.
    static String printable(String foreign) {
        return foreign.codePoints()
                .limit(MAX_FOREIGN)
                .map(c -> isPrintable(c) ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
