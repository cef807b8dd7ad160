package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.Merkle;
import dev.custodian.core.journal.Place;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.core.journal.VerifierKey;
import dev.custodian.core.json.Json;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A journal in memory, made of the same parts as the server's. It can be copied, and so lie about
/// itself.
final class FakeJournal {
    private final KeyPair pair;
    private final VerifierKey key;
    private final SecureRandom random = new SecureRandom();
    private final List<SaltedRecord> records = new ArrayList<>();

    FakeJournal() {
        try {
            this.pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        this.key = VerifierKey.of("custodian.example/journal", pair.getPublic());
    }

    private FakeJournal(FakeJournal other) {
        this.pair = other.pair;
        this.key = other.key;
        this.records.addAll(other.records);
    }

    /// A second journal by the same key that begins alike.
    FakeJournal copy(int size) {
        var copy = new FakeJournal(this);
        copy.records.subList(size, copy.records.size()).clear();
        return copy;
    }

    VerifierKey key() {
        return key;
    }

    int size() {
        return records.size();
    }

    SaltedRecord record(long index) {
        return records.get((int) index);
    }

    /// Appends a record that is told its place in its chain.
    SaltedRecord append(Id chain, Function<Place, JournalRecord> record) {
        var before = of(chain);
        var place =
                before.isEmpty()
                        ? new Place(chain, 1, Place.NO_RECORD)
                        : new Place(chain, before.size() + 1, before.getLast().commitment());
        return append(record.apply(place));
    }

    SaltedRecord append(JournalRecord record) {
        var salt = new byte[SaltedRecord.SALT_SIZE];
        random.nextBytes(salt);
        var salted = new SaltedRecord(records.size(), Bytes.of(salt), record.encode());
        records.add(salted);
        return salted;
    }

    /// Takes a record over as it is.
    void append(SaltedRecord record) {
        records.add(record);
    }

    List<SaltedRecord> of(Id chain) {
        return records.stream().filter(record -> chain.equals(chainOf(record))).toList();
    }

    private static Id chainOf(SaltedRecord record) {
        try {
            return ((JournalRecord.Chained) JournalRecord.parse(record.record())).place().chain();
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    String note() {
        return note(records.size());
    }

    /// The signed checkpoint of the first `size` leaves.
    String note(int size) {
        var root = Merkle.root(leaves().subList(0, size));
        var note = SignedNote.sign(new Checkpoint(key.name(), size, root), key, this::sign);
        try {
            return note.encode().utf8();
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Bytes sign(Bytes message) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(message.toArray());
            return Bytes.of(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// `records`, `checkpoint`, `proof` and `consistency` as the server gives them.
    Json.Builder answer(List<SaltedRecord> shown, long oldSize) {
        var json =
                Json.object()
                        .put("records", Json.array(shown, FakeJournal::toJson))
                        .put("checkpoint", note());
        if (!shown.isEmpty()) {
            json.put("proof", hashes(proof(shown.getLast().index())));
        }
        if (oldSize > 0 && oldSize <= size()) {
            json.put("consistency", hashes(consistency(oldSize)));
        }
        return json;
    }

    List<Bytes> proof(long index) {
        return Merkle.inclusionProof(index, size(), this::node);
    }

    List<Bytes> consistency(long oldSize) {
        return Merkle.consistencyProof(oldSize, size(), this::node);
    }

    static Json hashes(List<Bytes> hashes) {
        return Json.array(hashes, hash -> new Json.Str(hash.base64Url()));
    }

    static Json toJson(SaltedRecord record) {
        return Json.object()
                .put("record", record.record())
                .put("salt", record.salt())
                .put("index", record.index())
                .build();
    }

    private Bytes node(int level, long index) {
        int from = (int) (index << level);
        return Merkle.root(leaves().subList(from, from + (1 << level)));
    }

    private List<Bytes> leaves() {
        return records.stream().map(SaltedRecord::leafHash).toList();
    }
}
