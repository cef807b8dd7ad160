package dev.custodian.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is too large for the vectors, and what may not be made.
class FrameTest {
    private static void malformed(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    private static Bytes frame(int type, Bytes fields) {
        return Bytes.concat(
                Bytes.u32(6 + fields.size()),
                Bytes.of((byte) 1, (byte) type),
                Bytes.u32(1),
                fields);
    }

    @Test
    void lengthIsJudgedBeforeThereIsRoomForIt() throws Exception {
        for (int length : new int[] {0, 5, Frame.LONGEST + 1, Integer.MAX_VALUE, -1}) {
            malformed(Reason.SIZE, () -> Frame.rest(Bytes.u32(length)));
        }
        assertThat(Frame.rest(Bytes.u32(Frame.LONGEST))).isEqualTo(Frame.LONGEST);
    }

    @Test
    void frameCutAnywhereIsRefused() throws Exception {
        var whole = new Frame(1, Examples.sign(3, Duration.ofSeconds(1))).encode();
        assertThat(Frame.decode(whole).encode()).isEqualTo(whole);
        for (int size = 0; size < whole.size(); size++) {
            var half = whole.slice(0, size);
            malformed(Reason.SIZE, () -> Frame.decode(half));
            // even if its length does not tell
            if (size >= 10) {
                var rest = half.slice(4, size);
                malformed(
                        Reason.SIZE,
                        () -> Frame.decode(Bytes.concat(Bytes.u32(rest.size()), rest)));
            }
        }
    }

    @Test
    void moreDigestsThanAnAnswerHoldsAreRefused() throws Exception {
        var most = Request.Sign.MOST;
        var digest = Bytes.join(Examples.DIGEST);
        var head = new FieldWriter().text("work").u8(7).u16(0).u16(most + 1).written();
        var parts = new ArrayList<>(Collections.nCopies(most + 2, digest));
        parts.set(0, head);
        malformed(
                Reason.SIZE,
                () -> Frame.decode(frame(4, Bytes.concat(parts.toArray(Bytes[]::new)))));
        assertThatThrownBy(() -> Examples.sign(most + 1, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Examples.sign(0, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longestSignaturesOfTheMostDigestsFitOneAnswer() throws Exception {
        var longest = Bytes.fromHex("55".repeat(KeyAlgorithm.RSA_4096.bits() / 8));
        var answer = new Frame(1, new Answer.Signatures(Collections.nCopies(2000, longest)));
        var octets = answer.encode();
        assertThat(octets.size()).isLessThan(Frame.LENGTH + Frame.LONGEST);
        assertThat(Frame.decode(octets)).isEqualTo(answer);
    }

    @ParameterizedTest
    @EnumSource
    void everySchemeTravels(Scheme scheme) throws Exception {
        var request =
                new Request.Sign(
                        "work",
                        SignatureScheme.of(scheme),
                        List.of(Bytes.fromHex("22".repeat(scheme.hash().length()))),
                        new Request.Context(-1, "title", "document"),
                        true,
                        Request.LONGEST);
        var octets = new Frame(0xffff_ffffL, request).encode();
        assertThat(Frame.decode(octets).message()).isEqualTo(request);
        for (var other : HashAlgorithm.values()) {
            if (other != scheme.hash()) {
                var wrong = List.of(Bytes.fromHex("22".repeat(other.length())));
                assertThatThrownBy(
                                () ->
                                        new Request.Sign(
                                                "work",
                                                SignatureScheme.of(scheme),
                                                wrong,
                                                Request.Context.NONE,
                                                true,
                                                Request.LONGEST))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFailureIsToldAndUnderstood(FailureKind kind) throws Exception {
        for (var detail : List.of("", "The file is lost.")) {
            var told = new Frame(3, Answer.Failure.of(new Refused(kind, detail))).encode();
            var failure = (Answer.Failure) Frame.decode(told).message();
            assertThat(failure.nextStep()).isEqualTo(kind.nextStep());
            assertThat(failure.refused().kind()).isEqualTo(kind);
            assertThat(failure.refused().detail()).isEqualTo(detail);
        }
    }

    @Test
    void failureOfANewerAgentIsToldInItsWords() {
        var refused =
                new Answer.Failure(60_000, "moon-full", "The moon is full.", "Wait.").refused();
        assertThat(refused.kind()).isEqualTo(FailureKind.AGENT_BROKEN);
        assertThat(refused.detail()).contains("The moon is full. Wait.");
    }

    @Test
    void numberAndIdOfAFailureAreOfOneKind() {
        var number = FailureNumbers.of(FailureKind.BUSY);
        assertThatThrownBy(() -> new Answer.Failure(number, "tampered", "S.", "N."))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Answer.Failure(60_000, "busy", "S.", "N."))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Answer.Failure(number, "moon-full", "S.", "N."))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "é", "あ", "😀"})
    void longDetailIsCutBetweenCharacters(String character) {
        for (int before = 0; before < 4; before++) {
            var detail = "x".repeat(before) + character.repeat(5000);
            var failure = Answer.Failure.of(new Refused(FailureKind.BUSY, detail));
            assertThat(Bytes.utf8(failure.sentence()).size()).isBetween(4090, 4096);
            assertThat(failure.sentence()).endsWith(character + "…");
        }
    }

    @Test
    void listIsCutIntoPagesThatFit() throws Exception {
        var all = new ArrayList<Credential>();
        for (int i = 300; i >= 1; i--) {
            all.add(Examples.credential(i, 8_000));
        }
        var purposes = Set.of(Purpose.LOGIN, Purpose.DOCUMENT);
        var seen = new ArrayList<Credential>();
        var after = "";
        int pages = 0;
        Answer.Credentials page;
        do {
            page = Answer.Credentials.of(all, new Request.ListCredentials(purposes, after));
            var octets = new Frame(1, page).encode();
            assertThat(octets.size()).isLessThanOrEqualTo(Frame.LENGTH + Frame.LONGEST);
            assertThat(Frame.decode(octets).message()).isEqualTo(page);
            seen.addAll(page.page());
            after = seen.getLast().id().text();
            pages++;
        } while (page.more());
        assertThat(pages).isEqualTo(3);
        assertThat(seen).hasSize(300).hasSameElementsAs(new HashSet<>(all));
        assertThat(
                        Answer.Credentials.of(
                                        all, new Request.ListCredentials(Set.of(Purpose.CODE), ""))
                                .page())
                .isEmpty();
    }

    @Test
    void pageFillsAFrameToTheLastOctet() throws Exception {
        var page = new ArrayList<Credential>();
        int left = Frame.LONGEST - 9;
        int overhead = FieldWriter.sizeOf(Examples.credential(10, 1)) - 1;
        for (int i = 10; left >= 2 * (overhead + 16_384); i++) {
            page.add(Examples.credential(i, 16_384));
            left -= overhead + 16_384;
        }
        page.add(Examples.credential(90, left / 2 - overhead));
        left -= left / 2;
        page.add(Examples.credential(91, left - overhead));

        var octets = new Frame(1, new Answer.Credentials(page, true)).encode();
        assertThat(octets.size()).isEqualTo(Frame.LENGTH + Frame.LONGEST);
        assertThat(Frame.decode(octets).encode()).isEqualTo(octets);
        page.set(page.size() - 1, Examples.credential(91, left - overhead + 1));
        assertThatThrownBy(() -> new Answer.Credentials(page, true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void messageOfNoRequestCanOnlyBeAFailure() throws Exception {
        assertThatThrownBy(() -> new Frame(0, new Request.Status()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Frame(1L << 32, new Request.Status()))
                .isInstanceOf(IllegalArgumentException.class);
        var failure = new Frame(0, Answer.Failure.of(new Refused(FailureKind.MALFORMED_REQUEST)));
        assertThat(Frame.decode(failure.encode())).isEqualTo(failure);
    }
}
