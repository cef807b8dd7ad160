package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The files that a demo leaves: the signed PDF, or a file's detached signature, and beside it what
/// another program needs to check it.
final class OutputFiles {
    private static final String PDF = ".pdf";
    private static final String CMS = ".p7s";

    private final Path signed;
    private final Path root;
    private final Path crl;
    private final List<Path> made = new ArrayList<>();

    private OutputFiles(Path signed) {
        var stem = stem(nameOf(signed));
        this.signed = signed;
        this.root = signed.resolveSibling(stem + "-test-root.pem");
        this.crl = signed.resolveSibling(stem + "-test-root.crl");
    }

    /// Names after a file that the user chose.
    static OutputFiles at(Path signed) {
        return new OutputFiles(signed);
    }

    /// Names beside `input`, numbered when they are taken: `NAME-signed.pdf`, `NAME-signed-2.pdf`.
    static OutputFiles beside(Path input) {
        return beside(input, stem(nameOf(input)) + "-signed", PDF);
    }

    /// Names of a detached signature beside `input`: `NAME.p7s`, `NAME-2.p7s`.
    static OutputFiles signatureBeside(Path input) {
        return beside(input, nameOf(input), CMS);
    }

    private static OutputFiles beside(Path input, String stem, String ending) {
        for (int number = 1; ; number++) {
            var name = stem + (number == 1 ? "" : "-" + number) + ending;
            var files = new OutputFiles(input.resolveSibling(name));
            if (files.taken() == null) {
                return files;
            }
        }
    }

    /// `NAME-signed.pdf` beside `input`, taken or not.
    static Path besideName(Path input) {
        return input.resolveSibling(stem(nameOf(input)) + "-signed" + PDF);
    }

    /// The signed PDF, or the signature.
    Path signed() {
        return signed;
    }

    /// The test root, PEM.
    Path root() {
        return root;
    }

    /// The test root's revocation list, PEM.
    Path crl() {
        return crl;
    }

    /// Refuses when one of the files is there.
    void requireFree() throws Refused {
        var taken = taken();
        if (taken != null) {
            throw new Refused(FailureKind.OUTPUT_EXISTS, taken + " is there.");
        }
    }

    private @Nullable Path taken() {
        for (var file : List.of(signed, root, crl)) {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return file;
            }
        }
        return null;
    }

    private static String nameOf(Path file) {
        var name = file.getFileName();
        return name == null ? "" : name.toString();
    }

    private static String stem(String name) {
        for (var ending : List.of(PDF, CMS)) {
            if (name.toLowerCase(Locale.ROOT).endsWith(ending)) {
                return name.substring(0, name.length() - ending.length());
            }
        }
        return name;
    }

    /// Something that makes a file.
    @FunctionalInterface
    interface Content {
        void writeTo(Path file) throws IOException, Refused;
    }

    /// Makes one of the files and remembers that it is ours.
    void write(Path file, Content content) throws Refused {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refused(FailureKind.OUTPUT_EXISTS, file + " is there.");
        }
        try {
            content.writeTo(file);
            made.add(file);
        } catch (IOException _) {
            delete(file);
            throw new Refused(FailureKind.OUTPUT_UNWRITABLE, file + " could not be written.");
        }
    }

    /// Remembers that a file is ours.
    void keep(Path file) {
        made.add(file);
    }

    /// Takes back what was made.
    void discard() {
        made.forEach(OutputFiles::delete);
        made.clear();
    }

    /// Deletes a file of ours, if that can be done.
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            return; // what led here is the failure to tell
        }
    }
}
