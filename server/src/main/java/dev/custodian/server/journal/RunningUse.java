package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.journal.Outcome;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.DigestRow;
import dev.custodian.server.store.InnerKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// A use from its decision until its outcome is committed. Whoever asks for the same meanwhile gets
/// this one's result.
final class RunningUse {
    private final AuthorizationRow authorization;
    private final SignatureScheme scheme;
    private final List<Bytes> digests;
    private final Map<Bytes, Integer> positions = new HashMap<>();
    private final InnerKey key;
    private final CompletableFuture<List<Bytes>> signatures = new CompletableFuture<>();
    private long index = -1;
    private long epoch;

    RunningUse(
            AuthorizationRow authorization,
            SignatureScheme scheme,
            List<Bytes> digests,
            InnerKey key) {
        this.authorization = authorization;
        this.scheme = scheme;
        this.digests = List.copyOf(digests);
        this.key = key;
        for (int i = 0; i < digests.size(); i++) {
            positions.put(digests.get(i), i);
        }
    }

    /// Its record is written, not yet committed.
    void written(long at, long byEpoch) {
        index = at;
        epoch = byEpoch;
    }

    long index() {
        return index;
    }

    AuthorizationRow authorization() {
        return authorization;
    }

    SignatureScheme scheme() {
        return scheme;
    }

    List<Bytes> digests() {
        return digests;
    }

    /// Where a digest stands among its digests.
    int position(Bytes digest) {
        var position = positions.get(digest);
        if (position == null) {
            throw new IllegalArgumentException("not a digest of this use");
        }
        return position;
    }

    /// The state of its digests while it runs.
    DigestRow.Used used() {
        return new DigestRow.Used(index, epoch, scheme);
    }

    /// Signs. To be called once, after the commit; never throws.
    void sign(Journal.Signer signer) {
        try {
            var made = signer.sign(new JournalledUse(index, scheme, digests, key));
            if (made.size() != digests.size()) {
                throw new IllegalStateException(
                        made.size() + " signatures for " + digests.size() + " digests");
            }
            signatures.complete(List.copyOf(made));
        } catch (Throwable e) {
            // Whatever it was: nothing left the vault, and the digests must come back.
            Writer.LOG.warn("use {} was not signed", index, e);
            signatures.completeExceptionally(new Refused(FailureKind.VAULT_FAILED));
        }
    }

    /// The signatures in the order of the digests, or the refusal.
    CompletableFuture<List<Bytes>> signatures() {
        return signatures;
    }

    /// Whether signatures were made; known once it has signed.
    boolean isSigned() {
        return !signatures.isCompletedExceptionally();
    }

    /// What becomes of the digests; known once it has signed.
    List<DigestRow.State> states() {
        if (!isSigned()) {
            return digests.stream().<DigestRow.State>map(_ -> new DigestRow.Free()).toList();
        }
        return signatures.join().stream()
                .<DigestRow.State>map(s -> new DigestRow.Signed(index, scheme, s))
                .toList();
    }

    /// What the journal says of the digests; known once it has signed.
    List<Outcome.Result> results() {
        if (!isSigned()) {
            return digests.stream().<Outcome.Result>map(_ -> new Outcome.Result.Failed()).toList();
        }
        return signatures.join().stream()
                .<Outcome.Result>map(s -> new Outcome.Result.Signed(Hashes.sha256(s)))
                .toList();
    }
}
