package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.Place;
import dev.custodian.core.journal.SaltedRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A server that lies about signatures and journal: each lie is refused with a sentence of its own.
/// That the honest answer is accepted, [SigningTest] shows with the same server.
class LiarTest {
    private static final String SIGN = "/csc/v2/signatures/signHash";
    private static final String RECORDS = "/csc/v2/journal/records";
    private static final String INFO = "/csc/v2/credentials/info";

    @TempDir Path scratch;

    private Pairing pairing;
    private FakeServer server;
    private FakeSigner behind;

    @BeforeEach
    void pair() throws Exception {
        server = new FakeServer();
        behind = server.behind;
        pairing = new Pairing(server, scratch);
    }

    @AfterEach
    void close() {
        pairing.close();
    }

    // signatures

    @Test
    void signatureOverAnotherDigest() throws Exception {
        var other = Bytes.utf8("another document");
        for (var scheme : List.of(Scheme.RSA_PKCS1_SHA256, Scheme.RSA_PSS_SHA256)) {
            signWith(FakeCredentials.sign("rsa", SignatureScheme.of(scheme), other));
            refused(
                    FailureKind.SIGNATURE_WRONG,
                    "Signature 1 is by the right key, but over another digest.",
                    () -> pairing.sign(scheme, "one"));
        }
        signWith(FakeCredentials.sign("ec", SignatureScheme.of(Scheme.ECDSA_SHA256), other));
        refused(
                FailureKind.SIGNATURE_WRONG,
                "another digest was signed, or another key signed",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void signatureByAnotherKey() {
        for (var scheme : List.of(Scheme.RSA_PKCS1_SHA256, Scheme.RSA_PSS_SHA256)) {
            behind.keys.put(behind.rsa, "rsa2");
            infoShows("rsa");
            refused(
                    FailureKind.SIGNATURE_WRONG,
                    "Signature 1 was not made by the key in the credential's certificate.",
                    () -> pairing.sign(scheme, "one"));
        }
        behind.keys.put(behind.ec, "ec2");
        infoShows("ec");
        refused(
                FailureKind.SIGNATURE_WRONG,
                "another key signed",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void certificateOfAnotherCredential() throws Exception {
        // Key and certificate agree; only the journal knows that it is not this credential's.
        behind.keys.put(behind.rsa, "rsa2");
        var sentence = "The key is another one than the journal names for this credential.";
        refused(
                FailureKind.SIGNATURE_WRONG,
                sentence,
                () -> pairing.sign(Scheme.RSA_PKCS1_SHA256, "one"));

        int asked = pairing.asked;
        refused(
                FailureKind.SIGNATURE_WRONG,
                sentence,
                () -> pairing.sign(Scheme.RSA_PKCS1_SHA256, "two"));
        assertThat(pairing.asked)
                .as("nobody is asked for a PIN once the key is known")
                .isEqualTo(asked);

        behind.keys.put(behind.rsa, "rsa");
        assertThat(pairing.sign(Scheme.RSA_PKCS1_SHA256, "three").signatures()).hasSize(1);
    }

    @Test
    void certificateThatIsHidden() throws Exception {
        behind.purpose = Purpose.CODE;
        lie(
                INFO,
                answer -> {
                    answer.putNull("cert");
                    answer.withObject("/custodian").put("spki", spki("ec"));
                });
        refused(
                FailureKind.SIGNATURE_WRONG,
                "The certificate is another one than the journal names for this credential.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void keyWithoutCertificateOfAnotherCredential() throws Exception {
        behind.purpose = Purpose.CODE;
        behind.keys.put(behind.ec, "ec2");
        lie(
                INFO,
                answer -> {
                    answer.putNull("cert");
                    answer.withObject("/custodian").put("spki", spki("ec2"));
                });
        refused(
                FailureKind.SIGNATURE_WRONG,
                "The key is another one than the journal names for this credential.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    private static String spki(String alias) {
        return Bytes.of(TestKeys.KEYS.certificate(alias).getPublicKey().getEncoded()).base64Url();
    }

    @Test
    void keyThatIsNone() {
        lie(
                INFO,
                answer -> {
                    answer.putNull("cert");
                    answer.withObject("/custodian").put("spki", "AAAA");
                });
        refused(
                FailureKind.PROTOCOL_BROKEN,
                "a public key in DER",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void certificateOfAnotherKindOfKey() {
        infoShows("ec");
        refused(
                FailureKind.PROTOCOL_BROKEN,
                "another kind of key than the server says",
                () -> pairing.sign(Scheme.RSA_PKCS1_SHA256, "one"));
    }

    @Test
    void signaturesInAnotherOrder() {
        lie(
                SIGN,
                answer -> {
                    var signatures = (ArrayNode) answer.get("signatures");
                    signatures.add(signatures.remove(0));
                });
        refused(
                FailureKind.SIGNATURE_WRONG,
                "Signature 1 is by the right key, but over another digest.",
                () -> pairing.sign(Scheme.RSA_PKCS1_SHA256, "one", "two"));
    }

    @Test
    void fewerSignaturesThanDigests() {
        lie(SIGN, answer -> ((ArrayNode) answer.get("signatures")).remove(0));
        refused(
                FailureKind.PROTOCOL_BROKEN,
                "gives 1 signatures for 2 digests",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one", "two"));
    }

    @Test
    void saltOfAnotherLength() throws Exception {
        var scheme = Scheme.RSA_PSS_SHA256;
        signWith(FakeCredentials.sign("rsa", new SignatureScheme(scheme, 20), Bytes.utf8("one")));
        refused(FailureKind.SIGNATURE_WRONG, "Signature 1", () -> pairing.sign(scheme, "one"));
    }

    @Test
    void authorizationThatTheApprovalDoesNotMake() {
        lie("/csc/v2/credentials/authorize", answer -> answer.put("SAD", "sad_" + "A".repeat(43)));
        refused(
                FailureKind.PROTOCOL_BROKEN,
                "another authorization than the approval makes",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    // journal

    @Test
    void recordOfAnotherChain() {
        lie(
                SIGN,
                answer -> {
                    var records = records(answer);
                    records.set(0, node(behind.journal.of(behind.rsa).getFirst()));
                });
        refused(
                FailureKind.JOURNAL_BROKEN,
                "A record belongs to another chain than the one that was asked for.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void sameNumberWithNewContent() throws Exception {
        pairing.sign(Scheme.ECDSA_SHA256, "one");
        rewrite(behind.ec);
        refused(
                FailureKind.JOURNAL_BROKEN,
                "A record that was seen before has been replaced by another.",
                () -> pairing.journal().catchUp(behind.ec));
    }

    @Test
    void journalRewrittenBeforeWhatIsShown() throws Exception {
        pairing.sign(Scheme.ECDSA_SHA256, "one");
        rewrite(behind.rsa);
        refused(
                FailureKind.JOURNAL_BROKEN,
                "The checkpoint does not continue the journal that was seen before.",
                () -> pairing.journal().catchUp(behind.owner));
    }

    @Test
    void gapThatIsNotFilled() throws Exception {
        pairing.journal().catchUp(behind.ec);
        lie(SIGN, answer -> records(answer).remove(0));
        lie(RECORDS, answer -> records(answer).removeAll());
        refused(
                FailureKind.JOURNAL_BROKEN,
                "Records are missing between the last one seen and those that were shown.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void gapThatIsFilledIsNoLie() throws Exception {
        lie(SIGN, answer -> records(answer).remove(0).isNull());

        assertThat(pairing.sign(Scheme.ECDSA_SHA256, "one").signatures()).hasSize(1);
        assertThat(server.asked).contains(RECORDS);
    }

    @Test
    void gapThatNobodyCanFill() {
        var far =
                behind.journal
                        .copy(3)
                        .append(
                                new Change(
                                        Instant.now(),
                                        new Place(behind.ec, 1L << 40, Hashes.sha256()),
                                        "policy",
                                        "x",
                                        "y",
                                        new TreeMap<>()));
        lie(SIGN, answer -> records(answer).removeAll().add(node(far)));
        refused(
                FailureKind.PROTOCOL_BROKEN,
                "The server shows records without end.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
        // the look at a chain that was never seen, and nothing after
        assertThat(server.asked).containsOnlyOnce(RECORDS);
    }

    /// Otherwise a server could name another key in passing, and show its certificate next time.
    @Test
    void keyThatIsNamedAnew() throws Exception {
        pairing.sign(Scheme.ECDSA_SHA256, "one");
        var before = pairing.memory.now();
        var other =
                VouchedTrust.keyHash(TestKeys.KEYS.certificate("ec2").getPublicKey()).base64Url();
        behind.journal.append(
                behind.ec,
                place ->
                        new Change(
                                Instant.now(),
                                place,
                                "created",
                                behind.ec.text(),
                                "operator",
                                new TreeMap<>(Map.of("key", other))));
        refused(
                FailureKind.JOURNAL_BROKEN,
                "The journal names another key for this credential than before.",
                () -> pairing.journal().catchUp(behind.ec));
        assertThat(pairing.memory.now()).isEqualTo(before);
    }

    /// A certificate for the right key, but by another issuer or in another name.
    @Test
    void certificateThatTheJournalDoesNotName() throws Exception {
        pairing.sign(Scheme.ECDSA_SHA256, "one");
        behind.credentials.certify(behind.ec, "ec2");
        pairing.journal().catchUp(behind.ec);
        refused(
                FailureKind.SIGNATURE_WRONG,
                "The certificate is another one than the journal names for this credential.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "two"));
    }

    @Test
    void proofForAnotherRoot() {
        lie(
                SIGN,
                answer -> {
                    var proof = (ArrayNode) ours(answer).get("proof");
                    proof.set(
                            0,
                            FakeServer.JSON
                                    .getNodeFactory()
                                    .stringNode(Hashes.sha256().base64Url()));
                });
        refused(
                FailureKind.JOURNAL_BROKEN,
                "The record is not in the journal that the checkpoint describes.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void olderCheckpoint() throws Exception {
        pairing.sign(Scheme.ECDSA_SHA256, "one");
        var old = behind.journal.note(2);
        lie(SIGN, answer -> ours(answer).put("checkpoint", old));
        refused(
                FailureKind.JOURNAL_BROKEN,
                "The checkpoint is older than one that was seen before.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "two"));
    }

    @Test
    void checkpointByAnotherKey() {
        var other = new FakeJournal();
        other.append(
                behind.owner,
                place -> new Change(Instant.now(), place, "enrol", "x", "y", new TreeMap<>()));
        lie(SIGN, answer -> ours(answer).put("checkpoint", other.note()));
        refused(
                FailureKind.JOURNAL_BROKEN,
                "The checkpoint is not signed by the journal's key.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void growthThatIsNotProved() throws Exception {
        pairing.sign(Scheme.ECDSA_SHA256, "one");
        for (var path : List.of(SIGN, RECORDS)) {
            lie(
                    path,
                    answer ->
                            (answer.has("signatures") ? ours(answer) : answer)
                                    .remove("consistency"));
        }
        refused(
                FailureKind.JOURNAL_BROKEN,
                "The server does not prove that its checkpoint continues the last.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "two"));
    }

    @Test
    void growthThatIsProvedAtSecondAskingIsNoLie() throws Exception {
        pairing.sign(Scheme.ECDSA_SHA256, "one");
        lie(SIGN, answer -> ours(answer).remove("consistency"));

        assertThat(pairing.sign(Scheme.ECDSA_SHA256, "two").pending()).isFalse();
    }

    @Test
    void checkpointThatIsPromisedForEver() throws Exception {
        pairing.journal().catchUp(behind.ec);
        var old = behind.journal.note();
        for (var path : List.of(SIGN, RECORDS)) {
            lie(
                    path,
                    answer -> {
                        var part = answer.has("signatures") ? ours(answer) : answer;
                        part.put("checkpoint", old).put("pending", true).remove("proof");
                        part.remove("consistency");
                    });
        }
        assertThat(pairing.sign(Scheme.ECDSA_SHA256, "one").pending()).isTrue();

        refused(
                FailureKind.JOURNAL_BROKEN,
                "promises a checkpoint again and again",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "two"));
    }

    @Test
    void promisedCheckpointThatComesIsNoLie() throws Exception {
        var old = behind.journal.note();
        lie(
                SIGN,
                answer -> {
                    ours(answer).put("checkpoint", old).put("pending", true).remove("proof");
                    ours(answer).remove("consistency");
                });
        assertThat(pairing.sign(Scheme.ECDSA_SHA256, "one").pending()).isTrue();

        server.lies.clear();
        assertThat(pairing.sign(Scheme.ECDSA_SHA256, "two").pending()).isFalse();
        assertThat(pairing.memory.now().chain(behind.ec).proven()).isTrue();
    }

    @Test
    void useThatIsNotInTheJournal() {
        lie(
                SIGN,
                answer -> {
                    // The chain up to the approval, and its own good proof.
                    var shown = behind.journal.of(behind.ec).subList(2, 3);
                    answer.set(
                            "custodian",
                            FakeServer.json(behind.journal.answer(shown, 5).build().write()));
                });
        refused(
                FailureKind.JOURNAL_BROKEN,
                "The journal has no record of the use that made these signatures.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void approvalOfSomethingElse() {
        behind.retold = List.of(new Shown("document", "another.pdf", Shown.Source.COMPUTED));
        refused(
                FailureKind.JOURNAL_BROKEN,
                "The journal says that something else was shown for the approval.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void useOfAnotherDigestUnderThisApproval() throws Exception {
        behind.journalled = List.of(pairing.digest("something else"));
        refused(
                FailureKind.JOURNAL_BROKEN,
                "The journal says that the key was used for other digests than these.",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void nothingOfALieIsRemembered() throws Exception {
        pairing.sign(Scheme.ECDSA_SHA256, "one");
        var before = pairing.memory.now();
        lie(SIGN, answer -> ours(answer).put("checkpoint", behind.journal.note(2)));
        refused(
                FailureKind.JOURNAL_BROKEN,
                "older",
                () -> pairing.sign(Scheme.ECDSA_SHA256, "two"));

        assertThat(pairing.memory.now()).isEqualTo(before);
        server.lies.clear();
        assertThat(pairing.sign(Scheme.ECDSA_SHA256, "three").signatures()).hasSize(1);
    }

    private void lie(String path, Consumer<ObjectNode> lie) {
        server.lies.put(
                path,
                answer -> {
                    lie.accept(answer);
                    return answer;
                });
    }

    private void signWith(Bytes signature) {
        lie(SIGN, answer -> answer.putArray("signatures").add(signature.base64()));
    }

    private void infoShows(String alias) {
        lie(
                INFO,
                answer -> {
                    try {
                        var der = Bytes.of(TestKeys.KEYS.certificate(alias).getEncoded());
                        answer.putObject("cert").putArray("certificates").add(der.base64());
                    } catch (java.security.cert.CertificateException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /// Replaces the newest record of a chain by one with the same number and another salt.
    private void rewrite(Id chain) throws Exception {
        var old = behind.journal;
        long at = old.of(chain).getLast().index();
        var anew = old.copy((int) at);
        anew.append(Journal.parse(old.record(at)));
        for (long index = at + 1; index < old.size(); index++) {
            anew.append(old.record(index));
        }
        behind.journal = anew;
    }

    private static ObjectNode ours(ObjectNode answer) {
        return (ObjectNode) answer.get("custodian");
    }

    private static ArrayNode records(ObjectNode answer) {
        return (ArrayNode) (answer.has("custodian") ? ours(answer) : answer).get("records");
    }

    private static ObjectNode node(SaltedRecord record) {
        return FakeServer.json(FakeJournal.toJson(record).write());
    }
}
