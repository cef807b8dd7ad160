package dev.custodian.agent.signing;

import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.prompt.Answer;
import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.prompt.Question;
import dev.custodian.client.Credential;
import dev.custodian.client.FactorSource;
import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/// Signs for a program, once a person has approved it.
public final class Signing {
    /// How long a question stays.
    public static final Duration LIMIT = Duration.ofMinutes(2);

    private static final int MOST_TRIES = 3;
    private static final int TAIL = 8;

    /// What RFC 4514 has no word for, and a person's certificate holds.
    private static final Map<String, String> NAMES =
            Map.of("2.5.4.4", "surname", "2.5.4.5", "serialNumber", "2.5.4.42", "givenName");

    private final Server server;
    private final Prompt prompt;
    private final Share share;
    private final Peers peers;
    private final Lock lock;
    private final Refusals refusals;

    /// The device's half of what opens a slot.
    @FunctionalInterface
    public interface Share {
        /// Reads it; the caller closes it.
        Secret load() throws Refused;
    }

    /// Signs by `server` what `prompt` lets through.
    ///
    /// @param prompt one that asks one question at a time
    public Signing(
            Server server,
            Prompt prompt,
            Share share,
            Peers peers,
            Lock lock,
            InstantSource clock) {
        this.server = server;
        this.prompt = prompt;
        this.share = share;
        this.peers = peers;
        this.lock = lock;
        this.refusals = new Refusals(clock);
    }

    /// Asks and signs; a person who mistypes the PIN is asked again.
    ///
    /// @return signatures in the order of the request's digests
    public List<Bytes> sign(Request request) throws Refused {
        lock.requireOpen();
        requireSensible(request);
        refusals.requireNone(request.peer());
        for (int tries = 1; ; tries++) {
            var asking =
                    new dev.custodian.client.Signing.Request(
                            request.credential(),
                            request.scheme(),
                            request.digests().stream()
                                    .map(one -> new Matter.Digest(one, ""))
                                    .toList(),
                            shown(request, tries > 1));
            try {
                return server.sign(asking, one -> ask(request, one.shown()));
            } catch (Refused e) {
                if (e.kind() != FailureKind.FACTORS_REFUSED || tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }

    private static void requireSensible(Request request) throws Refused {
        var credential = request.credential();
        if (credential.purpose() != request.purpose()) {
            throw new Refused(
                    FailureKind.POLICY_REFUSED,
                    "The credential is for the purpose "
                            + credential.purpose().text()
                            + ", not "
                            + request.purpose().text()
                            + ".");
        }
        int most = Math.min(Matter.MOST, credential.multisign());
        int distinct = new HashSet<>(request.digests()).size();
        if (distinct < 1 || distinct > most) {
            throw new Refused(
                    FailureKind.POLICY_REFUSED,
                    "One approval covers 1 to "
                            + most
                            + " signatures; the program asks for "
                            + distinct
                            + ".");
        }
    }

    private FactorSource.Given ask(Request request, List<Shown> shown) throws Refused {
        lock.requireOpen();
        requireWanted(request);
        var question = new Question(title(request), shown, List.of(), LIMIT);
        return switch (prompt.ask(question, new Waits(request))) {
            case Answer.Refusal() -> {
                refusals.add(request.peer());
                throw new Refused(FailureKind.APPROVAL_REFUSED);
            }
            case Answer.Approval(var pin) -> given(request, pin);
            case Answer.Consent(var pin, _) -> {
                pin.close();
                throw new IllegalStateException("an answer that was not offered");
            }
        };
    }

    private FactorSource.Given given(Request request, Secret pin) throws Refused {
        try {
            // Who asked may be gone, and another have its number.
            requireWanted(request);
            return new FactorSource.Given(pin, share.load());
        } catch (Refused | RuntimeException e) {
            pin.close();
            throw e;
        }
    }

    private boolean isWanted(Request request) {
        return request.isWanted().getAsBoolean() && peers.isThere(request.peer());
    }

    private void requireWanted(Request request) throws Refused {
        if (!isWanted(request)) {
            throw new Refused(FailureKind.PROGRAM_REFUSED, "It does not wait for the answer.");
        }
    }

    private final class Waits implements Prompt.Watch {
        private final Request request;

        Waits(Request request) {
            this.request = request;
        }

        @Override
        public boolean isWanted() {
            return Signing.this.isWanted(request);
        }

        @Override
        public List<String> waiting() {
            return List.of();
        }

        @Override
        public int terminal() {
            return request.peer().terminal();
        }
    }

    private static String title(Request request) {
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
    private static List<Shown> shown(Request request, boolean again) throws Refused {
        var shown = new ArrayList<Shown>();
        if (again) {
            shown.add(computed("last try", FailureKind.FACTORS_REFUSED.sentence()));
        }
        shown.addAll(request.peer().shown());
        shown.addAll(request.told());
        var credential = request.credential();
        shown.add(computed("purpose", purpose(request.purpose())));
        shown.add(computed("signatures", Integer.toString(request.digests().size())));
        shown.add(computed("signed by", subject(credential.certificate())));
        shown.add(computed("certificate", "SHA-256 …" + tail(credential)));
        shown.add(reported("custody", custody(credential.custody())));
        return shown;
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

    private static String subject(X509Certificate certificate) {
        return Line.of(
                certificate.getSubjectX500Principal().getName(X500Principal.RFC2253, NAMES),
                Line.NAME);
    }

    private static String tail(Credential credential) throws Refused {
        try {
            var hash = Hashes.sha256(credential.certificate().getEncoded());
            return hash.slice(hash.size() - TAIL, hash.size()).hex();
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
