package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;

/// A text with the signatures of one or more keys below it (c2sp.org/signed-note): how checkpoints
/// travel and rest.
///
/// @param text what is signed; ends with a newline
/// @param signatures in the order of their lines
public record SignedNote(String text, List<Line> signatures) {

    /// Octets of a key's id in front of each signature.
    static final int KEY_ID_SIZE = 4;

    /// No note is longer: a checkpoint with 16 signatures of the largest kind that witnesses use.
    public static final int MAX_SIZE = 128 * 1024;

    /// The standard wants at least 16.
    private static final int MAX_SIGNATURES = 32;

    private static final String DASH = "\u2014 ";

    /// One signature line.
    ///
    /// @param name of the key
    /// @param keyId 4 octets
    /// @param signature what the key made of the text, in a form that its kind of key defines
    public record Line(String name, Bytes keyId, Bytes signature) {
        public Line {
            if (!VerifierKey.isName(name)) {
                throw new IllegalArgumentException("not a key's name: " + name);
            }
            if (keyId.size() != KEY_ID_SIZE || signature.size() == 0) {
                throw new IllegalArgumentException("a signature line is an id and a signature");
            }
        }
    }

    public SignedNote {
        signatures = List.copyOf(signatures);
        if (!text.endsWith("\n") || text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
            throw new IllegalArgumentException("not the text of a note");
        }
        if (signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
            throw new IllegalArgumentException("a note with " + signatures.size() + " signatures");
        }
    }

    /// Signs a checkpoint.
    ///
    /// @param key whose private half `signer` uses; its name is the checkpoint's origin
    /// @param signer makes the 64 octets of an Ed25519 signature over a message
    public static SignedNote sign(
            Checkpoint checkpoint, VerifierKey key, UnaryOperator<Bytes> signer) {
        if (!checkpoint.origin().equals(key.name())) {
            throw new IllegalArgumentException(
                    "a checkpoint is signed by the key of its own journal");
        }
        var text = checkpoint.text();
        var signature = signer.apply(Bytes.utf8(text));
        return new SignedNote(text, List.of(new Line(key.name(), key.id(), signature)));
    }

    /// The checkpoint in this note, if the journal's key signed it. Lines of keys that we do not
    /// know are passed over, as the standard demands: witnesses and future keys write them.
    public Checkpoint verify(VerifierKey key) throws JournalBrokenException {
        var signed = false;
        for (var line : signatures) {
            if (line.name().equals(key.name()) && line.keyId().equals(key.id())) {
                if (!key.verifies(Bytes.utf8(text), line.signature())) {
                    throw new JournalBrokenException(
                            JournalBrokenException.Reason.CHECKPOINT_SIGNATURE_WRONG);
                }
                signed = true;
            }
        }
        if (!signed) {
            throw new JournalBrokenException(JournalBrokenException.Reason.CHECKPOINT_NOT_SIGNED);
        }
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.parse(text);
        } catch (MalformedException e) {
            throw new JournalBrokenException(JournalBrokenException.Reason.CHECKPOINT_MALFORMED, e);
        }
        if (!checkpoint.origin().equals(key.name())) {
            throw new JournalBrokenException(JournalBrokenException.Reason.OTHER_JOURNAL);
        }
        return checkpoint;
    }

    /// The note in UTF-8.
    public Bytes encode() {
        var note = new StringBuilder(text).append('\n');
        for (var line : signatures) {
            note.append(DASH)
                    .append(line.name())
                    .append(' ')
                    .append(Bytes.concat(line.keyId(), line.signature()).base64())
                    .append('\n');
        }
        return Bytes.utf8(note.toString());
    }

    /// Reads a note; says nothing about its signatures.
    public static SignedNote parse(Bytes encoded) throws MalformedException {
        if (encoded.size() > MAX_SIZE) {
            throw new MalformedException(
                    Reason.SIZE, "a note of more than " + MAX_SIZE + " octets");
        }
        var note = encoded.utf8();
        if (note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
            throw new MalformedException(Reason.SYNTAX, "a note with control characters");
        }
        // The last empty line parts text and signatures.
        var blank = note.lastIndexOf("\n\n");
        if (blank < 0 || !note.endsWith("\n") || blank + 2 == note.length()) {
            throw new MalformedException(Reason.SYNTAX, "a note without signatures");
        }
        var lines = note.substring(blank + 2).split("\n", MAX_SIGNATURES + 2);
        if (lines.length > MAX_SIGNATURES + 1) {
            throw new MalformedException(
                    Reason.SIZE, "a note with more than " + MAX_SIGNATURES + " signatures");
        }
        var signatures = new ArrayList<Line>();
        for (var line : List.of(lines).subList(0, lines.length - 1)) {
            signatures.add(line(line));
        }
        return new SignedNote(note.substring(0, blank + 1), signatures);
    }

    private static Line line(String line) throws MalformedException {
        var space = line.indexOf(' ', DASH.length());
        if (!line.startsWith(DASH) || space < 0) {
            throw new MalformedException(
                    Reason.SYNTAX, "a signature line is a dash, a name and a signature");
        }
        var name = line.substring(DASH.length(), space);
        var signature = base64(line.substring(space + 1));
        if (!VerifierKey.isName(name)) {
            throw new MalformedException("a signature line whose name is not allowed");
        }
        if (signature.size() <= KEY_ID_SIZE) {
            throw new MalformedException(Reason.SIZE, "a signature line without a signature");
        }
        return new Line(
                name,
                signature.slice(0, KEY_ID_SIZE),
                signature.slice(KEY_ID_SIZE, signature.size()));
    }

    /// Standard Base64 with padding (RFC 4648 Reason.4), in its one spelling.
    static Bytes base64(String text) throws MalformedException {
        Bytes octets;
        try {
            octets = Bytes.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new MalformedException(Reason.SYNTAX, "not base64");
        }
        if (!octets.base64().equals(text)) {
            throw new MalformedException(Reason.SPELLING, "base64 in a second spelling");
        }
        return octets;
    }
}
