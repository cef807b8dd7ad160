package dev.custodian.bench;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.store.Store;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/// Credentials of others, in numbers: rows as large as those of RSA-2048 keys, without a key in
/// them, and without owners. Their ids and public keys are spread evenly among all that there can
/// be, so that a real one stands anywhere between them.
final class Crowd {
    private static final int BATCH = 10_000;

    // what an owner-sealed RSA-2048 key and its certificate take
    private static final int SPKI = 294;
    private static final int KEY = 1_350;
    private static final int CERTIFICATE = 900;

    private Crowd() {}

    /// Writes so many rows into a database that nobody else uses.
    static void fill(Path database, long size) throws Refused {
        var random = new Random(size);
        try (var store = SqliteStore.open(database)) {
            for (long from = 0; from < size; from += BATCH) {
                try (var tx = store.begin()) {
                    for (long i = from; i < Math.min(size, from + BATCH); i++) {
                        tx.insertCredential(row(i, size, random));
                    }
                    tx.commit();
                }
            }
        }
    }

    private static CredentialRow row(long number, long size, Random random) {
        return new CredentialRow(
                id(Id.Kind.CREDENTIAL, number, size),
                id(Id.Kind.OWNER, number, size),
                Purpose.DOCUMENT,
                Custody.OWNER_SEALED,
                KeyAlgorithm.RSA_2048,
                Bytes.concat(spread(number, size), octets(SPKI - Long.BYTES, random)),
                new Policy(Level.BOUND, Matter.MOST).encode(),
                1,
                Origin.HSM,
                "hsm",
                "crowd",
                "AES_KEY_WRAP_PAD",
                octets(KEY, random),
                List.of(octets(CERTIFICATE, random)),
                Instant.EPOCH);
    }

    private static Bytes octets(int size, Random random) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    private static Bytes spread(long number, long size) {
        return Bytes.u64(number * Long.divideUnsigned(-1, size));
    }

    private static Id id(Id.Kind kind, long number, long size) {
        var rest = Hashes.sha256(Bytes.u64(number)).slice(0, Long.BYTES);
        return Id.of(kind, Bytes.concat(spread(number, size), rest));
    }

    /// Reads any rows of so many, each in a snapshot of its own, as a use reads its credential's.
    static void read(Store store, int count, long size) throws Refused {
        var random = new Random();
        for (int i = 0; i < count; i++) {
            try (var reader = store.read()) {
                if (reader.credential(id(Id.Kind.CREDENTIAL, random.nextLong(size), size))
                        == null) {
                    throw new IllegalStateException("a row of the crowd is missing");
                }
            }
        }
    }
}
