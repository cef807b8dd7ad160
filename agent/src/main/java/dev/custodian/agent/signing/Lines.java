package dev.custodian.agent.signing;

import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.prompt.Offer;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Shown;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/// What a question says.
final class Lines {
    /// Title of the question whether to allow signatures ahead.
    static final String AHEAD = "Allow signatures ahead?";

    private static final int TAIL = 8;

    /// What RFC 4514 has no word for, and a person's certificate holds.
    private static final Map<String, String> NAMES =
            Map.of("2.5.4.4", "surname", "2.5.4.5", "serialNumber", "2.5.4.42", "givenName");

    private Lines() {}

    static String title(Request request) {
        var what =
                switch (request.purpose()) {
                    case LOGIN -> "Log in";
                    case CODE -> "Sign code";
                    case DOCUMENT -> "Sign a document";
                    case CERTIFICATE_REQUEST -> "Sign a certificate request";
                };
        var program = request.peer().program();
        return program.isKnown()
                ? what + " for " + program.shortName() + ", process " + program.pid() + "?"
                : what + "?";
    }

    /// Who asks for what, and with what it would be signed: the same lines in the question, in the
    /// intent and in the journal.
    static List<Shown> shown(Request request, boolean again) throws Refused {
        var shown = new ArrayList<Shown>();
        if (again) {
            shown.add(computed("last try", FailureKind.FACTORS_REFUSED.sentence()));
        }
        shown.addAll(request.peer().shown());
        shown.addAll(request.told());
        shown.add(computed("purpose", purpose(request.purpose())));
        shown.add(computed("signatures", Integer.toString(request.digests().size())));
        addCredential(shown, request.credential());
        return shown;
    }

    /// Who asks to allow what ahead, and with what it would be signed.
    static List<Shown> shown(Peer peer, Credential credential, Offer offer, boolean again)
            throws Refused {
        var shown = new ArrayList<Shown>();
        if (again) {
            shown.add(computed("last try", FailureKind.FACTORS_REFUSED.sentence()));
        }
        shown.addAll(peer.shown());
        shown.add(allowed(offer));
        shown.add(computed("purpose", purpose(credential.purpose())));
        addCredential(shown, credential);
        return shown;
    }

    private static void addCredential(List<Shown> shown, Credential credential) throws Refused {
        if (credential.chain().isEmpty()) {
            shown.add(reported("signed by", Line.of(credential.description(), Line.NAME)));
            shown.add(computed("key", "SHA-256 …" + tail(credential.publicKey().getEncoded())));
        } else {
            shown.add(computed("signed by", subject(credential.certificate())));
            shown.add(computed("certificate", "SHA-256 …" + tail(credential.certificate())));
        }
        shown.add(reported("custody", custody(credential.custody())));
        shown.add(reported("key made", origin(credential.origin())));
    }

    /// What is allowed ahead.
    static Shown allowed(Offer offer) {
        return reported("allowed ahead", offer.words());
    }

    private static String purpose(Purpose purpose) {
        return switch (purpose) {
            case LOGIN -> "login: to prove who you are";
            case CODE -> "code: programs and commits";
            case DOCUMENT -> "document";
            case CERTIFICATE_REQUEST -> "certificate-request";
        };
    }

    private static String custody(Custody custody) {
        return switch (custody) {
            case OWNER_SEALED -> "owner-sealed: needs your PIN and this device";
            case MANAGED -> "managed: you trust the operator";
        };
    }

    private static String origin(Origin origin) {
        return switch (origin) {
            case HSM -> "in the server's HSM";
            case EMBEDDED -> "in the server's memory";
            case IMPORTED -> "elsewhere, and imported";
        };
    }

    private static String subject(X509Certificate certificate) {
        return Line.of(
                certificate.getSubjectX500Principal().getName(X500Principal.RFC2253, NAMES),
                Line.NAME);
    }

    private static String tail(byte[] octets) {
        var hash = Hashes.sha256(Bytes.of(octets));
        return hash.slice(hash.size() - TAIL, hash.size()).hex();
    }

    private static String tail(X509Certificate certificate) throws Refused {
        try {
            return tail(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new Refused(FailureKind.PROTOCOL_BROKEN, "The certificate cannot be read.");
        }
    }

    private static Shown computed(String what, String text) {
        return new Shown(what, text, Shown.Source.COMPUTED);
    }

    private static Shown reported(String what, String text) {
        return new Shown(what, text, Shown.Source.REPORTED);
    }
}
