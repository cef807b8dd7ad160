package dev.custodian.cli;

import dev.custodian.client.Credential;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Shown;
import dev.custodian.document.Prepared;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/// What a person sees before approving, each line with who vouches for it (DESIGN §5.2). The same
/// lines go into the intent and into the journal.
record ApprovalCard(List<Shown> shown) {
    private static final int LONGEST_NAME = 200;

    /// What RFC 4514 has no word for, and a person's certificate holds.
    private static final Map<String, String> NAMES =
            Map.of("2.5.4.4", "surname", "2.5.4.5", "serialNumber", "2.5.4.42", "givenName");

    ApprovalCard {
        shown = List.copyOf(shown);
    }

    /// @param octets of the document
    static ApprovalCard of(Path document, long octets, Prepared prepared, Credential credential)
            throws Refused {
        var name = Words.printable(document.toAbsolutePath().getFileName());
        var shown = new ArrayList<Shown>();
        shown.add(
                computed(
                        "document",
                        String.format(
                                Locale.ROOT,
                                "%s, %,d octets",
                                name.substring(0, Math.min(name.length(), LONGEST_NAME)),
                                octets)));
        shown.add(computed("its SHA-256", prepared.inputDigest().hex()));
        shown.add(computed("to be signed", "SHA-256 " + prepared.digestToSign().hex()));
        var certificate = credential.certificate();
        var subject =
                Words.printable(
                        certificate
                                .getSubjectX500Principal()
                                .getName(X500Principal.RFC2253, NAMES));
        shown.add(
                computed(
                        "signed by",
                        subject.substring(0, Math.min(subject.length(), LONGEST_NAME))));
        shown.add(computed("certificate", "SHA-256 " + hash(certificate)));
        shown.add(
                reported(
                        "credential",
                        credential.algorithm().display() + " " + credential.id().text()));
        shown.add(reported("custody", custody(credential.custody())));
        return new ApprovalCard(shown);
    }

    /// The card, a line each.
    List<String> lines() {
        return shown.stream()
                .map(
                        line ->
                                "%-13s %s   (%s)"
                                        .formatted(line.what(), line.text(), who(line.source())))
                .toList();
    }

    private static String who(Shown.Source source) {
        return switch (source) {
            case COMPUTED -> "computed by us";
            case REPORTED -> "said by the server";
            case UNKNOWN -> "unknown";
        };
    }

    private static String hash(X509Certificate certificate) throws Refused {
        try {
            return Hashes.sha256(certificate.getEncoded()).hex();
        } catch (CertificateEncodingException e) {
            throw new Refused(FailureKind.PROTOCOL_BROKEN, "The certificate cannot be read.");
        }
    }

    private static String custody(Custody custody) {
        return switch (custody) {
            case OWNER_SEALED -> "owner-sealed: the server needs your PIN and this device";
            case MANAGED -> "managed: you trust the operator";
        };
    }

    private static Shown computed(String what, String text) {
        return new Shown(what, text, Shown.Source.COMPUTED);
    }

    private static Shown reported(String what, String text) {
        return new Shown(what, text, Shown.Source.REPORTED);
    }
}
