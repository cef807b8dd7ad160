package dev.custodian.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.journal.JournalBrokenException.Reason;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedNoteTest {
    private static final String ORIGIN = "journal.example/one";

    private final KeyPair pair = newPair();
    private final VerifierKey key = VerifierKey.of(ORIGIN, pair.getPublic());
    private final Checkpoint checkpoint =
            new Checkpoint(ORIGIN, 42, Hashes.sha256(Bytes.utf8("root")));
    private final SignedNote note = SignedNote.sign(checkpoint, key, this::sign);

    private static KeyPair newPair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private Bytes sign(Bytes message) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(message.toArray());
            return Bytes.of(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatWasSignedIsVerified() throws Exception {
        var read = SignedNote.parse(note.encode());
        assertThat(read).isEqualTo(note);
        assertThat(read.verify(key)).isEqualTo(checkpoint);
        assertThat(VerifierKey.parse(key.text())).isEqualTo(key);
    }

    @Test
    void everyOtherTextIsRefused() {
        for (int i = 0; i < note.text().length() - 1; i++) {
            var text = new StringBuilder(note.text());
            text.setCharAt(i, text.charAt(i) == 'x' ? 'y' : 'x');
            assertBroken(
                    new SignedNote(text.toString(), note.signatures()),
                    Reason.CHECKPOINT_SIGNATURE_WRONG);
        }
    }

    @Test
    void signaturesOfUnknownKeysArePassedOver() throws Exception {
        var foreign = new SignedNote.Line("witness.example", key.id(), Bytes.utf8("whatever"));
        var sameName = new SignedNote.Line(ORIGIN, Bytes.u32(1), Bytes.utf8("whatever"));
        var own = note.signatures().getFirst();
        var cosigned = new SignedNote(note.text(), List.of(foreign, sameName, own));
        assertThat(SignedNote.parse(cosigned.encode()).verify(key)).isEqualTo(checkpoint);
        assertBroken(
                new SignedNote(note.text(), List.of(foreign, sameName)),
                Reason.CHECKPOINT_NOT_SIGNED);
    }

    @Test
    void oneWrongSignatureOfOurKeyIsEnoughToRefuse() {
        var own = note.signatures().getFirst();
        var wrong = new SignedNote.Line(ORIGIN, key.id(), Bytes.of(new byte[64]));
        var shorter = new SignedNote.Line(ORIGIN, key.id(), own.signature().slice(0, 63));
        assertBroken(
                new SignedNote(note.text(), List.of(own, wrong)),
                Reason.CHECKPOINT_SIGNATURE_WRONG);
        assertBroken(
                new SignedNote(note.text(), List.of(own, shorter)),
                Reason.CHECKPOINT_SIGNATURE_WRONG);
    }

    @Test
    void anotherJournalUnderTheSameKeyIsRefused() {
        var text = new Checkpoint("other.example", 42, checkpoint.root()).text();
        var line = new SignedNote.Line(ORIGIN, key.id(), sign(Bytes.utf8(text)));
        assertBroken(new SignedNote(text, List.of(line)), Reason.OTHER_JOURNAL);
    }

    @Test
    void aSignedTextThatIsNoCheckpointIsRefused() {
        for (var text : List.of("\n", "hello\n", note.text() + "extension\n")) {
            var line = new SignedNote.Line(ORIGIN, key.id(), sign(Bytes.utf8(text)));
            assertBroken(new SignedNote(text, List.of(line)), Reason.CHECKPOINT_MALFORMED);
        }
    }

    @Test
    void noSecondFormOfANoteIsRead() throws MalformedException {
        var text = note.encode().utf8();
        assertRefused("");
        assertRefused("\n\n");
        assertRefused(note.text());
        assertRefused(note.text() + "\n");
        assertRefused(text.substring(0, text.length() - 1));
        assertRefused(text + "\n");
        assertRefused(text + "more");
        assertRefused(text.replace("\n", "\r\n"));
        assertRefused(text.replace("\u2014", "-"));
        assertRefused(text.replace("\u2014 ", "\u2014  "));
        assertRefused(text.replace("\u2014 ", "\u2014 a+"));
        assertRefused(text.replace("\u2014 " + ORIGIN, "\u2014 a\u00a0b"));
        var end = text.length() - "=\n".length();
        assertRefused(text.substring(0, end) + "\n");
        assertRefused(text.substring(0, end) + "==\n");
        var unusedBits = (char) (text.charAt(end - 1) + 1);
        assertRefused(text.substring(0, end - 1) + unusedBits + "=\n");
        assertRefused(text.substring(0, text.length() - 1) + " \n");
    }

    @Test
    void notesAreBounded() {
        var own = note.signatures().getFirst();
        var many = new ArrayList<>(Collections.nCopies(32, own));
        assertThat(new SignedNote(note.text(), many).signatures()).hasSize(32);
        var line = new SignedNote(note.text(), List.of(own)).encode();
        var signature = line.slice(Bytes.utf8(note.text()).size() + 1, line.size());
        var lines = new ArrayList<>(List.of(Bytes.utf8(note.text() + "\n")));
        lines.addAll(Collections.nCopies(33, signature));
        var tooMany = Bytes.concat(lines.toArray(Bytes[]::new));
        assertThatThrownBy(() -> SignedNote.parse(tooMany)).isInstanceOf(MalformedException.class);
        var tooLong = Bytes.of(new byte[SignedNote.MAX_SIZE + 1]);
        assertThatThrownBy(() -> SignedNote.parse(tooLong)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"042", "+42", "-42", "42 ", "", "4 2", "9223372036854775808", "٤٢"})
    void sizesInAnotherSpellingAreRefused(String size) {
        var text = note.text().replace("\n42\n", "\n" + size + "\n");
        assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(MalformedException.class);
    }

    @Test
    void theEmptyJournalHasOneRoot() throws MalformedException {
        var start = Checkpoint.start(ORIGIN);
        assertThat(Checkpoint.parse(start.text())).isEqualTo(start);
        var other = note.text().replace("\n42\n", "\n0\n");
        assertThatThrownBy(() -> Checkpoint.parse(other)).isInstanceOf(MalformedException.class);
    }

    @Test
    void noSecondFormOfAVerifierKeyIsRead() {
        var text = key.text();
        var id = key.id().hex();
        for (var other :
                List.of(
                        "",
                        "++",
                        text + "+",
                        text + "=",
                        " " + text,
                        text.replace(ORIGIN, ""),
                        text.replace(ORIGIN, "other"),
                        text.replace(id, "00000000"),
                        text.replace("+" + id, "+0" + id),
                        text.substring(0, text.length() - 1))) {
            assertThatThrownBy(() -> VerifierKey.parse(other))
                    .as(other)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void onlyEd25519KeysBecomeVerifierKeys() throws GeneralSecurityException {
        for (var algorithm : List.of("X25519", "Ed448", "EC")) {
            var other = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPublic();
            assertThatThrownBy(() -> VerifierKey.of(ORIGIN, other))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /// A journal whose key is no key has signed nothing.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "0200000000000000000000000000000000000000000000000000000000000000",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            })
    void octetsThatAreNoPointVerifyNothing(String hex) {
        var none = new VerifierKey(ORIGIN, Bytes.fromHex(hex));
        for (var signature : List.of(Bytes.of(new byte[64]), sign(Bytes.utf8(note.text())))) {
            var line = new SignedNote.Line(ORIGIN, none.id(), signature);
            assertThatThrownBy(() -> new SignedNote(note.text(), List.of(line)).verify(none))
                    .isInstanceOfSatisfying(
                            JournalBrokenException.class,
                            e ->
                                    assertThat(e.reason())
                                            .isEqualTo(Reason.CHECKPOINT_SIGNATURE_WRONG));
        }
    }

    @Test
    void notesAndNamesAsLargeAsAllowedAreRead() throws MalformedException {
        var own = note.signatures().getFirst();
        var many = new SignedNote(note.text(), Collections.nCopies(32, own));
        assertThat(SignedNote.parse(many.encode())).isEqualTo(many);
        var name = "n".repeat(255);
        assertThat(VerifierKey.of(name, pair.getPublic()).name()).isEqualTo(name);
        assertThatThrownBy(() -> VerifierKey.of(name + "n", pair.getPublic()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void assertBroken(SignedNote broken, Reason reason) {
        assertThatThrownBy(() -> broken.verify(key))
                .isInstanceOfSatisfying(
                        JournalBrokenException.class,
                        e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static void assertRefused(String text) {
        assertThatThrownBy(() -> SignedNote.parse(Bytes.utf8(text)))
                .as(text)
                .isInstanceOf(MalformedException.class);
    }
}
