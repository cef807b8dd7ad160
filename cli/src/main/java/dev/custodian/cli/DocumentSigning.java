package dev.custodian.cli;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.document.PdfReport;
import dev.custodian.document.PdfSigning;
import dev.custodian.document.PdfVerification;
import dev.custodian.document.Prepared;
import dev.custodian.document.SigningRequest;
import dev.custodian.document.Trust;
import dev.custodian.link.Credential;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A PDF that was hashed here and waits for its signature by a credential that the agent asks for.
final class DocumentSigning {
    private static final int TAIL = 8;

    private final Path input;
    private final Path output;
    private final Credential credential;
    private final SignatureScheme scheme;
    private final Prepared prepared;
    private final long octets;
    private final InstantSource clock;

    private DocumentSigning(
            Path input,
            Path output,
            Credential credential,
            SignatureScheme scheme,
            Prepared prepared,
            long octets,
            InstantSource clock) {
        this.input = input;
        this.output = output;
        this.credential = credential;
        this.scheme = scheme;
        this.prepared = prepared;
        this.octets = octets;
        this.clock = clock;
    }

    /// The credential for documents with this name or id, or the only one there is. The agent looks
    /// anew when it knows none that fits.
    static Credential choose(LinkClient agent, @Nullable String name) throws Refused {
        if (!isThere(documents(agent), name)) {
            agent.sync();
        }
        return choose(documents(agent), name);
    }

    private static List<Credential> documents(LinkClient agent) throws Refused {
        return agent.credentials(EnumSet.of(Purpose.DOCUMENT));
    }

    private static boolean isThere(List<Credential> all, @Nullable String name) {
        return all.stream().anyMatch(one -> !one.chain().isEmpty() && isMeant(one, name));
    }

    private static boolean isMeant(Credential one, @Nullable String name) {
        return name == null || one.name().equals(name) || one.id().text().equals(name);
    }

    /// @param all credentials for documents
    static Credential choose(List<Credential> all, @Nullable String name) throws Refused {
        var meant = all.stream().filter(one -> isMeant(one, name)).toList();
        var certified = meant.stream().filter(one -> !one.chain().isEmpty()).toList();
        if (meant.isEmpty()) {
            throw new Refused(
                    FailureKind.CREDENTIAL_UNKNOWN,
                    name == null
                            ? "There is none for documents: see custodian credential list."
                            : "There is no " + name + " for documents.");
        }
        if (certified.isEmpty()) {
            throw new Refused(FailureKind.CREDENTIAL_DISABLED, meant.getFirst().name());
        }
        if (certified.size() > 1) {
            throw new Refused(
                    FailureKind.USAGE,
                    certified.stream()
                            .map(one -> one.id() + " (" + one.algorithm().display() + ")")
                            .collect(
                                    Collectors.joining(
                                            ", ",
                                            "There are several for documents: name one with"
                                                    + " --credential: ",
                                            ".")));
        }
        return certified.getFirst();
    }

    /// Hashes the PDF. Refuses, before anybody is asked, whatever can be told now.
    static DocumentSigning prepare(
            Path input, Path output, Credential credential, InstantSource clock) throws Refused {
        var scheme = scheme(credential);
        var prepared =
                PdfSigning.prepare(
                        new SigningRequest(
                                input,
                                output,
                                Certificates.of(credential),
                                scheme,
                                clock.instant()));
        try {
            return new DocumentSigning(
                    input, output, credential, scheme, prepared, Files.size(input), clock);
        } catch (IOException _) {
            throw new Refused(FailureKind.FILE_UNREADABLE, input.toString());
        }
    }

    /// PKCS#1 v1.5 or ECDSA, over the hash that is as strong as the key.
    private static SignatureScheme scheme(Credential credential) {
        var hash =
                switch (credential.algorithm()) {
                    case RSA_2048, RSA_3072, RSA_4096, P256 -> HashAlgorithm.SHA256;
                    case P384 -> HashAlgorithm.SHA384;
                    case P521 -> HashAlgorithm.SHA512;
                };
        return SignatureScheme.of(Scheme.plain(credential.algorithm().family(), hash));
    }

    SignatureScheme scheme() {
        return scheme;
    }

    /// The one digest that travels.
    Bytes digest() {
        return prepared.digestToSign();
    }

    /// The document as the agent shows it, *reported* by us: name, size, end of its own hash.
    private String document() {
        return String.format(
                Locale.ROOT,
                "%s, %,d octets, %s",
                input.toAbsolutePath().getFileName(),
                octets,
                tail(prepared.inputDigest()));
    }

    private static String tail(Bytes digest) {
        return "SHA-"
                + 8 * digest.size()
                + " …"
                + digest.slice(digest.size() - TAIL, digest.size()).hex();
    }

    /// What the agent's question shows too, for comparing.
    List<String> lines() throws Refused {
        var certificate = Certificates.of(credential).getFirst();
        return List.of(
                "document      " + Words.printable(document()),
                "to be signed  " + tail(digest()),
                "signed by     " + Words.printable(Certificates.subject(certificate)),
                "certificate   " + tail(Hashes.sha256(credential.chain().getFirst())));
    }

    /// Has the agent ask the person, and gives its signature: ECDSA in DER.
    Bytes ask(LinkClient agent) throws Refused {
        return agent.sign(
                        new Request.Sign(
                                credential.id().text(),
                                scheme,
                                List.of(digest()),
                                new Request.Context(0, "", document()),
                                false,
                                LinkCommand.LIMIT))
                .getFirst();
    }

    /// Writes the signed PDF and checks it. Nothing is left behind when it is refused.
    PdfReport complete(Bytes signature, Trust trust) throws Refused {
        prepared.complete(signature);
        var whole = false;
        try {
            var report = PdfVerification.verify(output, trust, clock.instant());
            var ours = report.signatures().isEmpty() ? null : report.signatures().getLast();
            whole =
                    ours != null
                            && ours.coversWholeFile()
                            && (trust.anchors().isEmpty() ? ours.isIntact() : ours.isTrusted());
            if (!whole) {
                throw new Refused(
                        FailureKind.SIGNATURE_WRONG,
                        "Our own check does not accept the signed file: " + report.text());
            }
            return report;
        } finally {
            if (!whole) {
                OutputFiles.delete(output);
            }
        }
    }
}
