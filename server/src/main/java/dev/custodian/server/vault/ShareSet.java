package dev.custodian.server.vault;

import java.util.ArrayList;
import java.util.List;

/// Shares of one wrapping key, as they come in one by one. Each is in the set once.
public final class ShareSet implements AutoCloseable {
    private final String set;
    private final Split split;
    private final List<Share> shares = new ArrayList<>();

    /// @param keyId CKA_ID of the wrapping key, in hexadecimal
    public ShareSet(String keyId, Split split) {
        this.set = Share.set(keyId);
        this.split = split;
    }

    /// Takes a share over.
    ///
    /// @throws IllegalArgumentException that says why it does not belong here
    public void add(Share share) {
        if (!share.set().equals(set)) {
            throw new IllegalArgumentException(
                    "is of set " + share.set() + ", and set " + set + " is asked for");
        }
        if (!share.split().equals(split)) {
            throw new IllegalArgumentException(
                    "is one of " + share.split() + ", and " + split + " were made");
        }
        if (shares.stream().anyMatch(one -> one.number() == share.number())) {
            throw new IllegalArgumentException("is number " + share.number() + " once more");
        }
        shares.add(share);
    }

    public boolean isComplete() {
        return shares.size() == split.least();
    }

    KeySeed seed() {
        return KeySeed.of(shares);
    }

    @Override
    public void close() {
        shares.forEach(Share::close);
    }
}
