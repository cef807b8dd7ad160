package dev.custodian.document;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Keeps PDFBox from telling the build log about every octet that a test spoils.
final class QuietPdfBox implements BeforeAllCallback {
    private static final Logger LOGGER = Logger.getLogger("org.apache.pdfbox");

    @Override
    public void beforeAll(ExtensionContext context) {
        LOGGER.setLevel(Level.OFF);
    }
}
