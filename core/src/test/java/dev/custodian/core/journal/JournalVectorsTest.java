package dev.custodian.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/// Replays the published vectors, which another implementation made: see `core/src/test/go`.
class JournalVectorsTest {

    @Test
    void treeRootsAndProofsAreThoseOfTheReferenceTree() throws Exception {
        var vectors = vectors("merkle.json");
        var leaves = bytes(vectors.items("leaves")).stream().map(Merkle::leaf).toList();
        var roots = bytes(vectors.items("roots"));
        // As certificate-transparency's own tests have it, so that the file itself is checked.
        assertThat(roots.getLast().hex())
                .isEqualTo("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
        HashReader<RuntimeException> reader =
                (level, index) ->
                        Merkle.root(
                                leaves.subList((int) index << level, (int) (index + 1) << level));
        for (int size = 0; size < roots.size(); size++) {
            assertThat(Merkle.root(size, reader)).isEqualTo(roots.get(size));
        }
        for (var item : vectors.items("inclusion")) {
            var one = Json.members(item, "inclusion");
            var index = (int) one.number("index", 0, 7);
            var size = (int) one.number("size", 1, 8);
            var proof = bytes(one.items("proof"));
            assertThat(Merkle.inclusionProof(index, size, reader)).isEqualTo(proof);
            assertThat(Merkle.includes(index, leaves.get(index), size, roots.get(size), proof))
                    .isTrue();
        }
        for (var item : vectors.items("consistency")) {
            var one = Json.members(item, "consistency");
            var old = (int) one.number("old", 0, 8);
            var size = (int) one.number("size", 0, 8);
            var proof = bytes(one.items("proof"));
            assertThat(Merkle.consistencyProof(old, size, reader)).isEqualTo(proof);
            assertThat(Merkle.consistent(old, roots.get(old), size, roots.get(size), proof))
                    .isTrue();
        }
    }

    @TestFactory
    Stream<DynamicTest> recordsAreReadOrRefused() throws Exception {
        return cases("records.json").map(one -> test(one, () -> replayRecord(one)));
    }

    private static void replayRecord(Members one) throws MalformedException {
        var encoded = Bytes.utf8(one.text("record"));
        if (isRefused(one)) {
            assertThat(reason(catchThrowable(() -> JournalRecord.parse(encoded))))
                    .isEqualTo(one.text("reason"));
            return;
        }
        assertThat(JournalRecord.parse(encoded).encode()).isEqualTo(encoded);
        var salted = new SaltedRecord(0, one.bytes("salt"), encoded);
        assertThat(salted.commitment()).isEqualTo(one.bytes("commitment"));
        assertThat(salted.leafHash()).isEqualTo(one.bytes("leaf"));
    }

    @TestFactory
    Stream<DynamicTest> notesAreVerifiedOrRefusedForTheirReason() throws Exception {
        var key = VerifierKey.parse(vectors("notes.json").text("key"));
        return cases("notes.json").map(one -> test(one, () -> replayNote(one, key)));
    }

    private static void replayNote(Members one, VerifierKey key) throws MalformedException {
        var encoded = Bytes.utf8(one.text("note"));
        var refusal = catchThrowable(() -> SignedNote.parse(encoded).verify(key));
        if (isRefused(one)) {
            assertThat(reason(refusal)).isEqualTo(one.text("reason"));
            return;
        }
        assertThat(refusal).isNull();
        var note = SignedNote.parse(encoded);
        assertThat(note.encode()).isEqualTo(encoded);
        var checkpoint =
                new Checkpoint(
                        one.text("origin"),
                        one.number("size", 0, Long.MAX_VALUE),
                        one.bytes("root"));
        assertThat(checkpoint.text()).isEqualTo(note.text());
    }

    /// Ed25519 has one signature for each key and text: our note is Go's, octet for octet.
    @Test
    void weSignAsGoDoes() throws Exception {
        var vectors = vectors("notes.json");
        var key = VerifierKey.parse(vectors.text("key"));
        var seed = vectors.bytes("seed").toArray();
        var first = Json.members(vectors.items("cases").getFirst(), "case");
        var checkpoint =
                new Checkpoint(
                        first.text("origin"),
                        first.number("size", 0, Long.MAX_VALUE),
                        first.bytes("root"));
        var note = SignedNote.sign(checkpoint, key, message -> sign(seed, message));
        assertThat(note.encode().utf8()).isEqualTo(first.text("note"));
    }

    private static Bytes sign(byte[] seed, Bytes message) {
        try {
            var spec = new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed);
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(spec));
            signature.update(message.toArray());
            return Bytes.of(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void verifierKeysAreReadOrRefused() throws Exception {
        for (var item : vectors("notes.json").items("keys")) {
            var one = Json.members(item, "key");
            var text = one.text("key");
            if (isRefused(one)) {
                assertThat(reason(catchThrowable(() -> VerifierKey.parse(text))))
                        .as(one.text("name"))
                        .isEqualTo(one.text("reason"));
            } else {
                assertThat(VerifierKey.parse(text).text()).isEqualTo(text);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> answersAreBelievedOrRefusedForTheirReason() throws Exception {
        var vectors = vectors("chains.json");
        var key = VerifierKey.parse(vectors.text("key"));
        return cases("chains.json").map(one -> test(one, () -> replayAnswer(one, key)));
    }

    @Test
    void everyReasonHasItsVector() throws Exception {
        var reasons = new HashSet<String>();
        for (var one : cases("chains.json").toList()) {
            if (isRefused(one)) {
                reasons.add(one.text("reason"));
            }
        }
        assertThat(reasons)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(JournalBrokenException.Reason.values())
                                .map(JournalBrokenException.Reason::text)
                                .toList());
    }

    private static void replayAnswer(Members one, VerifierKey key) throws MalformedException {
        var seen = one.object("last");
        var last =
                new Checkpoint(
                        key.name(), seen.number("size", 0, Long.MAX_VALUE), seen.bytes("root"));
        var memory = memory(one.object("memory"));
        var records = new ArrayList<SaltedRecord>();
        for (var item : one.items("records")) {
            var salted = Json.members(item, "record");
            records.add(
                    SaltedRecord.parse(
                            salted.number("index", 0, Long.MAX_VALUE),
                            salted.bytes("salt"),
                            Bytes.utf8(salted.text("record"))));
        }
        var note = SignedNote.parse(Bytes.utf8(one.text("checkpoint")));
        var consistency = bytes(one.items("consistency"));
        var proof = bytes(one.items("proof"));
        var after = new ArrayList<ChainMemory>();
        var refusal =
                catchThrowable(
                        () -> {
                            var next = ChainCheck.continues(last, note, key, consistency);
                            var newest = ChainCheck.follow(memory, records);
                            ChainCheck.includes(next, newest, proof);
                            after.add(newest);
                        });
        if (isRefused(one)) {
            assertThat(reason(refusal)).isEqualTo(one.text("reason"));
        } else {
            assertThat(refusal).isNull();
            assertThat(after).containsExactly(memory(one.object("after")));
        }
    }

    private static ChainMemory memory(Members json) throws MalformedException {
        return new ChainMemory(
                Id.parse(Id.Kind.CREDENTIAL, json.text("chain")),
                json.number("seq", 0, Long.MAX_VALUE),
                json.number("index", -1, Long.MAX_VALUE),
                json.bytes("commitment"));
    }

    private static String reason(Throwable refusal) {
        return switch (refusal) {
            case JournalBrokenException broken -> broken.reason().text();
            case MalformedException malformed -> malformed.reason().text();
            case null, default -> throw new AssertionError("not a refusal", refusal);
        };
    }

    private static boolean isRefused(Members one) throws MalformedException {
        return switch (one.text("outcome")) {
            case "accepted" -> false;
            case "refused" -> true;
            default -> throw new AssertionError("an unknown outcome");
        };
    }

    private static DynamicTest test(Members one, Executable replay) {
        try {
            return dynamicTest(one.text("name"), replay);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<Members> cases(String file) throws Exception {
        var cases = new ArrayList<Members>();
        for (var item : vectors(file).items("cases")) {
            cases.add(Json.members(item, "a case of " + file));
        }
        return cases.stream();
    }

    private static List<Bytes> bytes(List<Json> items) throws MalformedException {
        var all = new ArrayList<Bytes>();
        for (var item : items) {
            if (item instanceof Json.Str(var text)) {
                all.add(Bytes.fromBase64Url(text));
            } else {
                throw new AssertionError("not a string");
            }
        }
        return all;
    }

    private static Members vectors(String file) throws IOException, MalformedException {
        try (var in = JournalVectorsTest.class.getResourceAsStream("/vectors/journal/" + file)) {
            assertThat(in).as(file).isNotNull();
            return Json.members(Json.parse(Bytes.of(in.readAllBytes()), 1 << 20), file);
        }
    }
}
