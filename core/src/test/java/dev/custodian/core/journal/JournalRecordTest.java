package dev.custodian.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JournalRecordTest {
    private static final Instant TIME = Instant.parse("2026-11-24T17:30:00.123Z");
    private static final Bytes HASH = Hashes.sha256(Bytes.utf8("something"));
    private static final Id CREDENTIAL = Id.of(Id.Kind.CREDENTIAL, Bytes.of(new byte[16]));
    private static final Place FIRST = new Place(CREDENTIAL, 1, Place.NO_RECORD);
    private static final Place LATER = new Place(CREDENTIAL, 2, HASH);

    static List<JournalRecord> oneOfEach() {
        var digest = new Use.Digest(HashAlgorithm.SHA256, HASH);
        return List.of(
                new Approval(
                        TIME,
                        FIRST,
                        HASH,
                        HASH,
                        Level.BOUND,
                        List.of("device", "pin"),
                        "dev_aaaaaaaaaaaaaaaaaaaaaaaaaa",
                        List.of(
                                new Shown(
                                        "document",
                                        "Vertrag \"A\" – 2 Seiten",
                                        Shown.Source.COMPUTED),
                                new Shown("program", "okular", Shown.Source.REPORTED))),
                new Use(TIME, LATER, 7, List.of(digest), SignatureScheme.of(Scheme.ECDSA_SHA256)),
                new Use(
                        TIME,
                        LATER,
                        7,
                        List.of(digest),
                        new SignatureScheme(Scheme.RSA_PSS_SHA256, 20)),
                new Outcome(
                        TIME,
                        LATER,
                        8,
                        List.of(
                                new Outcome.Result.Signed(HASH),
                                new Outcome.Result.Failed(),
                                new Outcome.Result.Unknown())),
                new Change(
                        TIME,
                        FIRST,
                        "created",
                        CREDENTIAL.text(),
                        "operator",
                        Map.of("spki", "x", "policy", "y")),
                new Change(TIME, LATER, "pin", "own", "dev", HASH, new TreeMap<>()),
                new ServerChange(TIME, "invited", "Ada", "operator", new TreeMap<>()));
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void everyRecordSurvivesItsEncoding(JournalRecord entry) throws MalformedException {
        assertThat(JournalRecord.parse(entry.encode())).isEqualTo(entry);
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void noSecondSpellingIsRead(JournalRecord entry) throws MalformedException {
        var text = entry.encode().utf8();
        assertRefused(" " + text);
        assertRefused(text + " ");
        assertRefused(text + "{}");
        assertRefused(text.substring(0, text.length() - 1));
        assertRefused(text.replace("\"v\":1", "\"v\": 1"));
        assertRefused(text.replace("\"v\":1", "\"v\":2"));
        assertRefused(text.replace("\"v\":1,", ""));
        assertRefused(text.replace("\"kind\"", "\"\\u006bind\""));
        assertRefused(text.replace(".123Z", ".123000Z"));
        assertRefused(text.replace(".123Z", ".123456Z"));
        assertRefused(text.replace("2026-", "+12026-"));
        assertRefused(text.replace("2026-", "1969-"));
        assertRefused(text.replace("{\"v\":1,", "{\"v\":1,\"v\":1,"));
        assertRefused(text.replace("{\"v\":1,", "{\"v\":1,\"extra\":\"\","));
        var kind = text.substring(text.indexOf("\"kind\""), text.indexOf("\"time\""));
        assertRefused(text.replace("{\"v\":1," + kind, "{" + kind + "\"v\":1,"));
    }

    @Test
    void deepNestingIsRefused() {
        assertRefused("[".repeat(100_000));
        assertRefused("{\"v\":".repeat(100_000));
    }

    @Test
    void aRecordBeyondTheLimitIsRefusedUnread() {
        assertThatThrownBy(
                        () -> JournalRecord.parse(Bytes.of(new byte[JournalRecord.MAX_SIZE + 1])))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void theLargestRecordsFit() throws MalformedException {
        var digest = new Use.Digest(HashAlgorithm.SHA512, Bytes.concat(HASH, HASH));
        var use =
                new Use(
                        TIME,
                        LATER,
                        7,
                        Collections.nCopies(JournalRecord.MAX_DIGESTS, digest),
                        SignatureScheme.of(Scheme.ECDSA_SHA512));
        assertThat(JournalRecord.parse(use.encode())).isEqualTo(use);
        var signed = new Outcome.Result.Signed(HASH);
        var results = Collections.<Outcome.Result>nCopies(JournalRecord.MAX_DIGESTS, signed);
        var outcome = new Outcome(TIME, LATER, 8, results);
        assertThat(JournalRecord.parse(outcome.encode())).isEqualTo(outcome);
    }

    @Test
    void membersOfAnotherKindAreRefused() throws MalformedException {
        var use = oneOfEach().get(1).encode().utf8();
        assertRefused(use.replace("\"scheme\":7", "\"scheme\":7,\"saltLength\":0"));
        assertRefused(use.replace("\"scheme\":7", "\"scheme\":10"));
        assertRefused(use.replace("\"scheme\":7", "\"scheme\":4294967303"));
        assertRefused(use.replace("\"scheme\":7", "\"scheme\":8"));
        assertRefused(use.replace("\"approval\":7", "\"approval\":-1"));
        assertRefused(use.replace("\"seq\":2", "\"seq\":0"));
        assertRefused(use.replace("\"seq\":2", "\"seq\":1"));
        assertRefused(use.replace("crd_", "dev_"));
    }

    @Test
    void aSaltedRecordOfImpossibleSizesIsRefused() throws MalformedException {
        var record = oneOfEach().getFirst().encode();
        assertThat(SaltedRecord.parse(0, HASH, record))
                .isEqualTo(new SaltedRecord(0, HASH, record));
        var tooLong = Bytes.of(new byte[JournalRecord.MAX_SIZE + 1]);
        assertThatThrownBy(() -> SaltedRecord.parse(-1, HASH, record))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> SaltedRecord.parse(0, HASH.slice(0, 31), record))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> SaltedRecord.parse(0, HASH, tooLong))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void timesAreKeptInWholeMilliseconds() {
        var change = new ServerChange(TIME.plusNanos(999), "a", "b", "c", new TreeMap<>());
        assertThat(change.time()).isEqualTo(TIME);
    }

    @Test
    void timesOutsideOfFourDigitYearsAreAFaultOfTheProgram() {
        for (var time : List.of("1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z")) {
            assertThat(at(Instant.parse(time)).time()).isEqualTo(time);
        }
        for (var time : List.of("1969-12-31T23:59:59.999Z", "+10000-01-01T00:00:00Z")) {
            assertThatThrownBy(() -> at(Instant.parse(time)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static ServerChange at(Instant time) {
        return new ServerChange(time, "a", "b", "c", new TreeMap<>());
    }

    @Test
    void namesOfDetailsAreLetters() {
        for (var name : List.of("a", "z", "A", "Z", "keyHash")) {
            assertThat(named(name).details()).containsKey(name);
        }
        for (var name : List.of("", "a1", "a-b", "@", "[", "`", "{", "\u00e4")) {
            assertThatThrownBy(() -> named(name))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static ServerChange named(String name) {
        return new ServerChange(TIME, "a", "b", "c", new TreeMap<>(Map.of(name, "x")));
    }

    /// What is no hash would be journalled and could never be checked.
    @Test
    void hashesOfAnotherSizeAreAFaultOfTheProgram() {
        var shorter = HASH.slice(0, 31);
        for (var make :
                List.<ThrowingCallable>of(
                        () -> approval(shorter, HASH),
                        () -> approval(HASH, shorter),
                        () -> new Outcome.Result.Signed(shorter),
                        () -> new Change(TIME, LATER, "a", "b", "c", shorter, new TreeMap<>()),
                        () -> new Place(CREDENTIAL, 2, shorter),
                        () -> new ChainMemory(CREDENTIAL, 1, 0, shorter),
                        () -> new Checkpoint("journal.example", 1, shorter),
                        () -> new Edge(1, List.of(shorter)))) {
            assertThatThrownBy(make).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Approval approval(Bytes intent, Bytes evidence) {
        return new Approval(
                TIME, FIRST, intent, evidence, Level.BOUND, List.of(), "sender", List.of());
    }

    @Test
    void placesThatNoRecordCanHaveAreAFaultOfTheProgram() {
        var device = Id.of(Id.Kind.DEVICE, Bytes.of(new byte[16]));
        for (var make :
                List.<ThrowingCallable>of(
                        () -> new Place(device, 2, HASH),
                        () -> new ChainMemory(device, 1, 0, HASH),
                        () -> new ChainMemory(CREDENTIAL, 0, 0, HASH),
                        () -> new ChainMemory(CREDENTIAL, 3, 1, HASH),
                        () -> new Checkpoint("journal.example", -1, HASH),
                        () -> new Edge(-1, Collections.nCopies(64, HASH)),
                        () -> Merkle.root(-1, (_, _) -> HASH))) {
            assertThatThrownBy(make).isInstanceOf(IllegalArgumentException.class);
        }
        // the third record of a chain can be the journal's third, and no earlier one
        assertThat(new ChainMemory(CREDENTIAL, 3, 2, HASH).index()).isEqualTo(2);
    }

    private static void assertRefused(String text) {
        assertThatThrownBy(() -> JournalRecord.parse(Bytes.utf8(text)))
                .as(text.substring(0, Math.min(200, text.length())))
                .isInstanceOf(MalformedException.class);
    }
}
