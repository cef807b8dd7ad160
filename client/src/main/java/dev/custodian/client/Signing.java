package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sad;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.json.Json;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Signs digests with a credential, from the question to the person to signatures that were checked
/// (DESIGN §4).
public final class Signing {
    private static final List<String> BY_PIN = List.of("device", "pin");

    private final DeviceSession session;
    private final Journal journal;
    private final Approvals approvals;
    private final SecureRandom random;

    public Signing(DeviceSession session, Journal journal, SecureRandom random) {
        this.session = session;
        this.journal = journal;
        this.approvals = new Approvals(session, random);
        this.random = random;
    }

    /// What is to be signed, with what, and what the person is to see of it.
    ///
    /// @param digests in the order in which signatures are wanted; one that comes twice is signed
    ///   once
    public record Request(
            Credential credential,
            SignatureScheme scheme,
            List<Matter.Digest> digests,
            List<Shown> shown) {
        public Request {
            digests = List.copyOf(digests);
            shown = List.copyOf(shown);
        }

        /// The same, with one more line that is shown.
        Request with(Shown line) {
            var lines = new ArrayList<>(shown);
            lines.add(line);
            return new Request(credential, scheme, digests, lines);
        }

        /// Each digest once.
        List<Matter.Digest> distinct() {
            var distinct = new LinkedHashMap<Bytes, Matter.Digest>();
            for (var digest : digests) {
                distinct.putIfAbsent(digest.value(), digest);
            }
            return List.copyOf(distinct.values());
        }
    }

    /// Signatures, and what the journal says of them.
    ///
    /// @param signatures in the order of the request's digests; ECDSA in DER
    /// @param approval the record of the person's approval
    /// @param use the record of the key's use
    /// @param after what the credential's chain got after that use, such as its outcome
    /// @param checkpoint the newest one seen
    /// @param pending whether a checkpoint over these records is still to come; [Journal#catchUp]
    ///   waits for it
    public record Signed(
            List<Bytes> signatures,
            Level level,
            SaltedRecord approval,
            SaltedRecord use,
            List<SaltedRecord> after,
            Checkpoint checkpoint,
            boolean pending) {
        public Signed {
            signatures = List.copyOf(signatures);
            after = List.copyOf(after);
        }
    }

    /// What was approved, by which factors, and the authorization that it gave.
    record Approved(Bytes intentHash, Bytes evidenceHash, List<String> factors, Sad sad) {}

    /// Asks, activates, signs. Every signature that is returned fits its digest and the
    /// credential's certificate, and stands in the journal under this very approval.
    public Signed sign(Request request, FactorSource factors) throws Refused {
        prepare(request);
        var given = factors.ask(request);
        // One at a time: what another thread learned of the chain meanwhile would look like a lie
        // here.
        synchronized (session.memory()) {
            return use(request, approve(request, given));
        }
    }

    /// Signs under a consent that was given before, and asks nobody: the approval shows for whom,
    /// and names the consent in the journal. What [#sign(Request, FactorSource)] checks is checked.
    public Signed sign(Request request, Consent consent) throws Refused {
        if (!consent.terms().credential().equals(request.credential().id())) {
            throw new Refused(FailureKind.CONSENT_UNKNOWN);
        }
        prepare(request);
        var shown = request.with(consent.subject());
        synchronized (session.memory()) {
            return use(shown, approve(shown, consent));
        }
    }

    /// Refuses what needs no answer of a person to be refused, and meets the server, so that a
    /// question is shown only when an answer is of use.
    public void prepare(Request request) throws Refused {
        requireSensible(request);
        // What the server only promised last time it owes now.
        for (var chain : List.of(session.memory().now().owner(), request.credential().id())) {
            // Under the lock: of many threads that wait for it one asks.
            synchronized (session.memory()) {
                if (!session.memory().now().chain(chain).proven()) {
                    journal.catchUp(chain);
                }
            }
        }
        // A chain that was never looked at, or a certificate that is newer than the last look.
        if (!isCertificateOfJournal(request) || !isKeyOfJournal(request)) {
            journal.catchUp(request.credential().id());
        }
        requireKeyOfJournal(request);
    }

    private static void requireSensible(Request request) throws Refused {
        if (request.credential().chain().isEmpty()
                && request.credential().purpose().needsCertificate()) {
            throw new Refused(FailureKind.CREDENTIAL_DISABLED);
        }
        var hash = request.scheme().scheme().hash();
        if (!request.scheme().fits(request.credential().algorithm())) {
            throw new Refused(FailureKind.SCHEME_REFUSED);
        }
        for (var digest : request.digests()) {
            if (digest.value().size() != hash.length()) {
                throw new Refused(
                        FailureKind.DIGEST_LENGTH,
                        hash.jca() + " has " + hash.length() + " octets.");
            }
        }
        if (request.digests().isEmpty() || request.distinct().size() > Matter.MOST) {
            throw new Refused(
                    FailureKind.MALFORMED_REQUEST,
                    "One approval covers 1 to " + Matter.MOST + " digests.");
        }
    }

    private boolean isCertificateOfJournal(Request request) throws Refused {
        var named = session.memory().now().chain(request.credential().id()).certificate();
        var chain = request.credential().chain();
        return named.equals(chain.isEmpty() ? Bytes.EMPTY : hash(chain.getFirst()));
    }

    private boolean isKeyOfJournal(Request request) throws Refused {
        var named = session.memory().now().chain(request.credential().id()).key();
        return named.equals(VouchedTrust.keyHash(request.credential().publicKey()));
    }

    private static Bytes hash(X509Certificate certificate) throws Refused {
        try {
            return Hashes.sha256(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new Refused(FailureKind.PROTOCOL_BROKEN, "The certificate cannot be read.");
        }
    }

    /// The certificate, or the key, comes from the server; the key was journalled when the
    /// credential was made, and the certificate itself when it was given to it.
    private void requireKeyOfJournal(Request request) throws Refused {
        if (!isKeyOfJournal(request)) {
            throw new Refused(
                    FailureKind.SIGNATURE_WRONG,
                    "The key is another one than the journal names for this credential.");
        }
        if (!isCertificateOfJournal(request)) {
            throw new Refused(
                    FailureKind.SIGNATURE_WRONG,
                    "The certificate is another one than the journal names for this credential.");
        }
    }

    private Approved approve(Request request, FactorSource.Given given) throws Refused {
        var secret = new byte[Factors.SHARE];
        random.nextBytes(secret);
        try (given;
                var r = Secret.owning(secret);
                var factors = new Factors(given.pin(), given.share(), r)) {
            var credential = request.credential().id();
            var matter = matter(request);
            var evidence = approvals.evidence(credential, request.shown(), matter);
            var sad = Sad.derive(r, evidence.intentHash());
            var answer =
                    approvals.send(
                            "credentials/authorize",
                            credential,
                            matter,
                            evidence,
                            factors,
                            data -> authorizeBody(request, data));
            requireOurs(answer, sad);
            return new Approved(evidence.intentHash(), evidence.hash(), BY_PIN, sad);
        }
    }

    private Approved approve(Request request, Consent consent) throws Refused {
        var evidence =
                approvals.evidence(request.credential().id(), request.shown(), matter(request));
        var sad = consent.secret().sad(evidence.intentHash());
        var data = Approvals.authData(evidence, "CONSENT", consent.secret().expose());
        var answer = session.call("credentials/authorize", authorizeBody(request, data));
        requireOurs(answer.orRefused(), sad);
        var factors = List.of("device", consent.id().text());
        return new Approved(evidence.intentHash(), evidence.hash(), factors, sad);
    }

    private static Matter matter(Request request) {
        return new Matter.Sign(
                request.credential().id(),
                request.credential().purpose(),
                request.scheme().scheme().hash().oid(),
                request.distinct());
    }

    private static Json authorizeBody(Request request, Json authData) {
        var digests = request.distinct();
        return Json.object()
                .put("credentialID", request.credential().id().text())
                .put("numSignatures", digests.size())
                .put("hashes", hashes(digests))
                .put("hashAlgorithmOID", request.scheme().scheme().hash().oid())
                .put("authData", authData)
                .build();
    }

    private static Json hashes(List<Matter.Digest> digests) {
        return Json.array(digests, digest -> new Json.Str(digest.value().base64()));
    }

    private static void requireOurs(Part answer, Sad sad) throws Refused {
        var given = Bytes.utf8(answer.text("SAD"));
        if (!given.equalsConstantTime(Bytes.utf8(sad.expose()))) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The server gives another authorization than the approval makes.");
        }
    }

    private Signed use(Request request, Approved approved) throws Refused {
        var chain = request.credential().id();
        var answer =
                session.call("signatures/signHash", signBody(request, approved.sad())).orRefused();
        var signatures = checked(request, answer.cscList("signatures"));
        var seen = journal.take(chain, answer.inner("custodian"));
        requireKeyOfJournal(request);
        var told =
                UseCheck.find(request, approved, session.memory().now().device(), seen.records());
        var wanted = new ArrayList<Bytes>();
        for (var digest : request.digests()) {
            wanted.add(signatures.getOrDefault(digest.value(), Bytes.EMPTY));
        }
        return new Signed(
                wanted,
                told.level(),
                told.approval(),
                told.use(),
                told.after(),
                seen.checkpoint(),
                seen.pending());
    }

    private Json signBody(Request request, Sad sad) throws Refused {
        var known = session.memory().now();
        var scheme = request.scheme();
        var body =
                Json.object()
                        .put("credentialID", request.credential().id().text())
                        .put("SAD", sad.expose())
                        .put("hashes", hashes(request.distinct()))
                        .put("hashAlgorithmOID", scheme.scheme().hash().oid())
                        .put("signAlgo", scheme.scheme().combinedOid());
        if (scheme.scheme().isPss()) {
            body.put("signAlgoParams", pssParameters(scheme).base64());
        }
        var since = known.chain(request.credential().id()).newest().seq();
        return body.put(
                        "custodian",
                        Json.object()
                                .put("since", since)
                                .put("size", known.checkpoint().size())
                                .build())
                .build();
    }

    /// RSASSA-PSS-params in DER (RFC 8017 §A.2.3), with the salt length that is asked for.
    private static Bytes pssParameters(SignatureScheme scheme) throws Refused {
        var hash = scheme.scheme().hash().jca();
        try {
            var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(
                    new PSSParameterSpec(
                            hash,
                            "MGF1",
                            new MGF1ParameterSpec(hash),
                            scheme.saltLength(),
                            PSSParameterSpec.TRAILER_FIELD_BC));
            return Bytes.of(parameters.getEncoded());
        } catch (GeneralSecurityException | IOException e) {
            throw new Refused(FailureKind.SCHEME_REFUSED, "This Java has no RSASSA-PSS.");
        }
    }

    /// Signatures by their digests, each checked against the certificate.
    private static Map<Bytes, Bytes> checked(Request request, List<Bytes> signatures)
            throws Refused {
        var digests = request.distinct();
        if (signatures.size() != digests.size()) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The server gives "
                            + signatures.size()
                            + " signatures for "
                            + digests.size()
                            + " digests.");
        }
        var key = request.credential().publicKey();
        var checked = new LinkedHashMap<Bytes, Bytes>();
        for (int i = 0; i < signatures.size(); i++) {
            var digest = digests.get(i).value();
            var verdict = SignatureCheck.check(key, request.scheme(), digest, signatures.get(i));
            if (verdict != SignatureCheck.Verdict.GOOD) {
                throw new Refused(
                        FailureKind.SIGNATURE_WRONG,
                        "Signature " + (i + 1) + " " + verdict.sentence() + ".");
            }
            checked.put(digest, signatures.get(i));
        }
        return checked;
    }
}
