package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.journal.ChainCheck;
import dev.custodian.core.journal.ChainMemory;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.core.journal.VerifierKey;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// From the invitation to a signature that somebody else can check, over HTTP.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WholePathTest {
    private static final Bytes DOCUMENT = Bytes.utf8("the whole document");

    private TestServer server;
    private TestAgent agent;
    private Id rsa;
    private Id p256;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
        agent = server.enrol();
        rsa = server.credential(agent.owner(), KeyAlgorithm.RSA_2048);
        p256 = server.credential(agent.owner(), KeyAlgorithm.P256);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /// A scheme as a client asks for it.
    record Wish(Scheme scheme, String signAlgo, boolean namesHash, int salt) {}

    static Stream<Wish> wishes() {
        var wishes = new ArrayList<Wish>();
        for (var scheme : Scheme.values()) {
            if (scheme.isPss()) {
                for (int salt :
                        List.of(0, 20, scheme.hash().length(), 256 - 2 - scheme.hash().length())) {
                    wishes.add(new Wish(scheme, Scheme.RSASSA_PSS, false, salt));
                }
            } else {
                wishes.add(new Wish(scheme, scheme.combinedOid(), false, 0));
                wishes.add(new Wish(scheme, scheme.combinedOid(), true, 0));
                boolean ec = scheme.family() == KeyAlgorithm.Family.EC;
                wishes.add(
                        new Wish(
                                scheme,
                                ec ? Scheme.EC_PUBLIC_KEY : Scheme.RSA_ENCRYPTION,
                                true,
                                0));
            }
        }
        return wishes.stream();
    }

    @ParameterizedTest
    @MethodSource("wishes")
    void signatureOfEverySchemeIsGoodForTheDocument(Wish wish) throws Exception {
        var hash = wish.scheme().hash();
        var digest = Bytes.of(MessageDigest.getInstance(hash.jca()).digest(DOCUMENT.toArray()));
        var credential = wish.scheme().family() == KeyAlgorithm.Family.EC ? p256 : rsa;
        var approval = agent.approval(credential, digest);
        approval.hashOid = hash.oid();
        var authorized = agent.csc("credentials/authorize", approval.body());
        assertThat(authorized.refusal()).isEqualTo("200");
        assertThat(authorized.custodian().path("level").asString()).isEqualTo("bound");
        assertThat(authorized.body().path("expiresIn").asInt()).isBetween(1, 300);

        var body = TestAgent.signing(credential, authorized.text("SAD"), wish.signAlgo(), digest);
        if (wish.namesHash()) {
            body.put("hashAlgorithmOID", hash.oid());
        }
        if (wish.scheme().isPss()) {
            body.put("signAlgoParams", pss(wish));
        }
        var signed = agent.csc("signatures/signHash", body);

        assertThat(signed.refusal()).isEqualTo("200");
        var signature =
                Base64.getDecoder().decode(signed.body().path("signatures").path(0).asString());
        var verifier = Signature.getInstance(wish.scheme().jca());
        if (wish.scheme().isPss()) {
            verifier.setParameter(
                    new PSSParameterSpec(
                            hash.jca(), "MGF1", new MGF1ParameterSpec(hash.jca()), wish.salt(), 1));
        }
        verifier.initVerify(publicKey(credential));
        verifier.update(DOCUMENT.toArray());
        assertThat(verifier.verify(signature)).isTrue();
    }

    private static String pss(Wish wish) throws Exception {
        var hash =
                new AlgorithmIdentifier(
                        new ASN1ObjectIdentifier(wish.scheme().hash().oid()), DERNull.INSTANCE);
        var params =
                new RSASSAPSSparams(
                        hash,
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hash),
                        new ASN1Integer(wish.salt()),
                        new ASN1Integer(1));
        return Base64.getEncoder().encodeToString(params.getEncoded("DER"));
    }

    private PublicKey publicKey(Id credential) throws Exception {
        var info = agent.csc("credentials/info", Map.of("credentialID", credential.text()));
        var der =
                Base64.getDecoder()
                        .decode(info.body().path("cert").path("certificates").path(0).asString());
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der))
                .getPublicKey();
    }

    @Test
    void recordsProveThatTheChainIsWhole() throws Exception {
        var credential = server.credential(agent.owner(), KeyAlgorithm.P256);
        var digest = TestDigests.of("recorded");
        var sad = agent.authorize(credential, digest);
        var body = TestAgent.signing(credential, sad, Scheme.ECDSA_SHA256.combinedOid(), digest);
        body.put("custodian", Map.of("since", 0));
        var signed = agent.csc("signatures/signHash", body);
        assertThat(signed.refusal()).isEqualTo("200");

        var key = VerifierKey.parse(agent.identity().journal());
        var seen =
                check(
                        credential,
                        key,
                        ChainMemory.none(credential),
                        Checkpoint.start(key.name()),
                        signed.custodian());
        var kinds = new ArrayList<>(kinds(signed.custodian()));
        if (kinds.size() == 5) {
            // the outcome comes later, and continues what was seen
            var fetched = records(credential, seen.memory.seq() + 1, seen.checkpoint.size(), 1);
            check(credential, key, seen.memory, seen.checkpoint, fetched.body());
            kinds.addAll(kinds(fetched.body()));
        }
        assertThat(kinds)
                .containsExactly("change", "change", "change", "approval", "use", "outcome");
    }

    @Test
    void signHashProvesThatItsCheckpointContinuesTheCallersLast() throws Exception {
        var credential = server.credential(agent.owner(), KeyAlgorithm.P256);
        var key = VerifierKey.parse(agent.identity().journal());
        var seen =
                check(
                        credential,
                        key,
                        ChainMemory.none(credential),
                        Checkpoint.start(key.name()),
                        records(credential, 1, 0, 3).body());
        var digest = TestDigests.of("continued");
        var sad = agent.authorize(credential, digest);
        var body = TestAgent.signing(credential, sad, Scheme.ECDSA_SHA256.combinedOid(), digest);
        body.put("custodian", Map.of("since", 3, "size", seen.checkpoint.size()));

        var signed = agent.csc("signatures/signHash", body);

        assertThat(signed.custodian().path("consistency").isArray()).isTrue();
        check(credential, key, seen.memory, seen.checkpoint, signed.custodian());
    }

    @Test
    void ownersChainBeginsWithTheEnrolment() throws Exception {
        var fetched = records(agent.owner(), 1, 0, 1);
        var key = VerifierKey.parse(agent.identity().journal());
        check(
                agent.owner(),
                key,
                ChainMemory.none(agent.owner()),
                Checkpoint.start(key.name()),
                fetched.body());
        assertThat(kinds(fetched.body())).containsExactly("change");
    }

    private record Seen(ChainMemory memory, Checkpoint checkpoint) {}

    /// Asks until the records are there and the checkpoint covers them.
    private TestAnswer records(Id chain, long from, long size, int least) throws Exception {
        var body = new HashMap<String, Object>(Map.of("chain", chain.text(), "from", from));
        if (size > 0) {
            body.put("size", size);
        }
        var end = System.nanoTime() + 10_000_000_000L;
        while (true) {
            var answer = agent.csc("journal/records", body);
            assertThat(answer.refusal()).isEqualTo("200");
            if (answer.body().path("records").size() >= least && !answer.body().has("pending")) {
                return answer;
            }
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    private static Seen check(
            Id chain, VerifierKey key, ChainMemory last, Checkpoint checkpoint, JsonNode page)
            throws Exception {
        assertThat(last.chain()).isEqualTo(chain);
        var records = new ArrayList<SaltedRecord>();
        for (var item : page.path("records")) {
            records.add(
                    new SaltedRecord(
                            item.path("index").asLong(),
                            Bytes.fromBase64Url(item.path("salt").asString()),
                            Bytes.fromBase64Url(item.path("record").asString())));
        }
        var note = SignedNote.parse(Bytes.utf8(page.path("checkpoint").asString()));
        var next = ChainCheck.continues(checkpoint, note, key, hashes(page.path("consistency")));
        var memory = ChainCheck.follow(last, records);
        if (!page.has("pending")) {
            ChainCheck.includes(next, memory, hashes(page.path("proof")));
        }
        return new Seen(memory, next);
    }

    private static List<Bytes> hashes(JsonNode array) throws Exception {
        var hashes = new ArrayList<Bytes>();
        for (var item : array) {
            hashes.add(Bytes.fromBase64Url(item.asString()));
        }
        return hashes;
    }

    private static List<String> kinds(JsonNode page) throws Exception {
        var kinds = new ArrayList<String>();
        for (var item : page.path("records")) {
            var record = JournalRecord.parse(Bytes.fromBase64Url(item.path("record").asString()));
            kinds.add(record.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT));
        }
        return kinds;
    }
}
