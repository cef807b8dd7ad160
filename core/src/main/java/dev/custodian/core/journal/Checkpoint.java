package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;

/// A journal's size and root, the text of a signed note (c2sp.org/tlog-checkpoint).
///
/// Extension lines are neither written nor read: nobody could audit them.
///
/// @param origin the journal's name, the same as its key's
/// @param size number of leaves
/// @param root of the tree of that size
public record Checkpoint(String origin, long size, Bytes root) {

    private static final int LINES = 3;

    public Checkpoint {
        if (!VerifierKey.isName(origin)) {
            throw new IllegalArgumentException("not an origin: " + origin);
        }
        Merkle.requireSize(size);
        Merkle.requireHash(root);
        if (size == 0 && !root.equals(Merkle.EMPTY_ROOT)) {
            throw new IllegalArgumentException("the empty tree has another root");
        }
    }

    /// The empty journal, before any checkpoint of it was seen.
    public static Checkpoint start(String origin) {
        return new Checkpoint(origin, 0, Merkle.EMPTY_ROOT);
    }

    /// Three lines, each ended: origin, size in decimal, root in standard Base64.
    public String text() {
        return origin + "\n" + size + "\n" + root.base64() + "\n";
    }

    /// Reads what [#text] wrote, and no other form of it.
    public static Checkpoint parse(String text) throws MalformedException {
        var lines = text.split("\n", LINES + 1);
        if (lines.length != LINES + 1 || !lines[LINES].isEmpty()) {
            throw new MalformedException(Reason.SYNTAX, "a checkpoint has three lines");
        }
        var root = SignedNote.base64(lines[2]);
        if (!VerifierKey.isName(lines[0]) || root.size() != Merkle.HASH_SIZE) {
            throw new MalformedException("a checkpoint is origin, size and root");
        }
        var size = size(lines[1]);
        if (size == 0 && !root.equals(Merkle.EMPTY_ROOT)) {
            throw new MalformedException("a checkpoint of the empty tree with another root");
        }
        return new Checkpoint(lines[0], size, root);
    }

    private static long size(String text) throws MalformedException {
        try {
            var size = Long.parseLong(text);
            if (size >= 0 && Long.toString(size).equals(text)) {
                return size;
            }
        } catch (NumberFormatException e) {
            throw new MalformedException("a checkpoint whose size is no number below 2^63");
        }
        throw new MalformedException(Reason.SPELLING, "a checkpoint's size in a second spelling");
    }
}
