package dev.custodian.core.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PivAttestationTest {
    private static final byte[] FIRMWARE = {5, 4, 3};
    private static final byte[] SERIAL = Maker.serial(12_345_678);
    private static final byte[] POLICIES = {2, 1};

    private final Maker maker = Maker.named("maker of cards");
    private final Maker card = Maker.named("card");
    private final Maker key = Maker.named("key in slot 9a");
    private final Bytes cardCertificate = maker.issue(card, true, List.of());

    private Bytes statement() {
        return card.issue(key, false, Maker.says(FIRMWARE, SERIAL, POLICIES));
    }

    private PivAttestation verify(Bytes... chain) throws NotAttestedException {
        return PivAttestation.verify(List.of(chain), List.of(maker.root()), Maker.MADE);
    }

    private void assertRefused(String sentence, Bytes... chain) {
        assertThatThrownBy(() -> verify(chain))
                .isInstanceOf(NotAttestedException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void keyOfAnotherMakersCardIsRefused() {
        var stranger = Maker.named("maker of cards");
        assertRefused(
                "does not lead to a maker that is trusted here",
                statement(),
                stranger.issue(card, true, List.of()));
        assertThatThrownBy(
                        () ->
                                PivAttestation.verify(
                                        List.of(statement(), cardCertificate),
                                        List.of(stranger.root()),
                                        Maker.MADE))
                .isInstanceOf(NotAttestedException.class);
    }

    @Test
    void statementOfAnotherCardIsRefused() {
        var another = Maker.named("card");
        assertRefused(
                "does not lead to",
                another.issue(key, false, Maker.says(FIRMWARE, SERIAL, POLICIES)),
                cardCertificate);
    }

    /// Else whoever has a card could attest any key with one that the card attests.
    @Test
    void keyAttestedByAnAttestedKeyIsRefused() {
        var forged = Maker.named("key in software");
        assertRefused(
                "does not lead to",
                key.issue(forged, false, Maker.says(FIRMWARE, SERIAL, POLICIES)),
                statement(),
                cardCertificate);
    }

    @Test
    void statementByTheMakerItselfIsNoCards() {
        assertRefused(
                "two to four certificates",
                maker.issue(key, false, Maker.says(FIRMWARE, SERIAL, POLICIES)));
    }

    @Test
    void withoutARootNothingIsBelieved() {
        assertThatThrownBy(
                        () ->
                                PivAttestation.verify(
                                        List.of(statement(), cardCertificate),
                                        List.of(),
                                        Maker.MADE))
                .isInstanceOf(NotAttestedException.class)
                .hasMessage("No maker of cards is trusted here: there is no root.");
    }

    private static void refused(
            String sentence, List<Bytes> chain, List<Authority> authorities, Instant at) {
        assertThatThrownBy(() -> PivAttestation.judge(chain, authorities, at))
                .isInstanceOf(NotAttestedException.class)
                .hasMessageContaining("does not lead to a maker that is trusted here")
                .hasMessageContaining(sentence);
    }

    private static Authority authority(Bytes certificate, boolean root, boolean withdrawn) {
        return new Authority("a", "b", Maker.parsed(certificate), root, withdrawn);
    }

    private static Bytes own(Maker one) {
        return one.issue(one, true, List.of());
    }

    /// Of each certificate, the root's too: a root is believed as long as its maker said.
    @Test
    void certificateThatIsNotValidNowIsRefused() throws Exception {
        var end = Maker.MADE.plus(Duration.ofDays(365));
        var late = end.plusSeconds(1);
        var says = Maker.says(FIRMWARE, SERIAL, POLICIES);
        var batch = Maker.named("batch");
        var good =
                List.of(
                        statement(),
                        batch.issue(card, true, List.of()),
                        maker.issue(batch, true, List.of()));
        var root = List.of(authority(own(maker), true, false));
        var brief = maker.until(end);
        for (var chain :
                List.of(
                        List.of(card.until(end).issue(key, false, says), good.get(1), good.get(2)),
                        List.of(
                                good.get(0),
                                batch.until(end).issue(card, true, List.of()),
                                good.get(2)),
                        List.of(good.get(0), good.get(1), brief.issue(batch, true, List.of())))) {
            refused("is not valid now", chain, root, late);
            refused("is not valid now", chain, root, Maker.MADE.minusSeconds(1));
            assertThat(PivAttestation.judge(chain, root, end).attestation().serial())
                    .isEqualTo(12_345_678);
        }
        var briefRoot = List.of(authority(own(brief), true, false));
        refused("is not valid now", good, briefRoot, late);
        assertThat(PivAttestation.judge(good, briefRoot, end).root())
                .isEqualTo(briefRoot.getFirst());
        assertThat(PivAttestation.judge(good, root, late).attestation().serial())
                .isEqualTo(12_345_678);
    }

    @Test
    void certificateSignedWithSha1IsRefused() throws Exception {
        var root = List.of(authority(own(maker), true, false));
        var says = Maker.says(FIRMWARE, SERIAL, POLICIES);
        refused(
                "signed too weakly",
                List.of(card.signingWithSha1().issue(key, false, says), cardCertificate),
                root,
                Maker.MADE);
        refused(
                "signed too weakly",
                List.of(statement(), maker.signingWithSha1().issue(card, true, List.of())),
                root,
                Maker.MADE);
        // nobody's signature counts on a root: it is believed by itself
        var old = List.of(authority(own(maker.signingWithSha1()), true, false));
        assertThat(
                        PivAttestation.judge(List.of(statement(), cardCertificate), old, Maker.MADE)
                                .attestation()
                                .publicKey())
                .isEqualTo(key.keys().getPublic());
    }

    /// The key is withdrawn, in whatever certificate it comes.
    @Test
    void keyThatIsWithdrawnVouchesForNobody() throws Exception {
        var batch = Maker.named("batch");
        var between = maker.issue(batch, true, List.of());
        var renewed = maker.until(Maker.GOOD_UNTIL.minusSeconds(1)).issue(batch, true, List.of());
        var chain = List.of(statement(), batch.issue(card, true, List.of()));
        var sent = List.of(chain.get(0), chain.get(1), renewed);
        var root = authority(own(maker), true, false);
        for (var withdrawn :
                List.of(
                        authority(between, false, true),
                        authority(chain.get(1), false, true),
                        authority(own(maker), true, true))) {
            var all = List.of(root, authority(between, false, false), withdrawn);
            refused("trusted no longer", chain, all, Maker.MADE);
            refused("trusted no longer", sent, all, Maker.MADE);
        }
        var stranger = Maker.named("stranger");
        var all =
                List.of(
                        root,
                        authority(between, false, false),
                        authority(own(stranger), true, true));
        var judged = PivAttestation.judge(chain, all, Maker.MADE);
        assertThat(judged.root()).isEqualTo(root);
        assertThat(judged.above()).contains(Maker.parsed(between));
        assertThat(PivAttestation.judge(sent, all, Maker.MADE).root()).isEqualTo(root);
    }

    @Test
    void whatIsBetweenIsNoRoot() throws Exception {
        var batch = Maker.named("batch");
        var chain = List.of(statement(), batch.issue(card, true, List.of()));
        var between = authority(maker.issue(batch, true, List.of()), false, false);
        assertThatThrownBy(() -> PivAttestation.judge(chain, List.of(between), Maker.MADE))
                .hasMessage("No maker of cards is trusted here: there is no root.");
        var stranger = authority(own(Maker.named("stranger")), true, false);
        refused(".", chain, List.of(between, stranger), Maker.MADE);
        var root = authority(own(maker), true, false);
        assertThat(
                        PivAttestation.judge(chain, List.of(between, root), Maker.MADE)
                                .attestation()
                                .firmware())
                .isEqualTo(new Firmware(5, 4, 3));
    }

    /// Beside the certificate of some card.
    @Test
    void statementThatTheCardDidNotMakeIsRefused() throws Exception {
        var says = Maker.says(FIRMWARE, SERIAL, POLICIES);
        assertRefused(
                "not the card's own statement", maker.issue(key, false, says), cardCertificate);
        assertThat(verify(card.issue(key, false, says), cardCertificate).serial())
                .isEqualTo(12_345_678);
    }

    /// The card's own certificate, or one that somebody would go on with.
    @Test
    void statementThatMayVouchForOthersIsRefused() throws Exception {
        var says = Maker.says(FIRMWARE, SERIAL, POLICIES);
        assertRefused("could vouch for others", card.issue(key, true, says), cardCertificate);
        assertThat(verify(card.issue(key, false, says), cardCertificate).serial())
                .isEqualTo(12_345_678);
    }

    @Test
    void longerChainThanAnyIsRefused() {
        var c = cardCertificate;
        assertRefused("two to four certificates", statement(), c, c, c, c);
    }

    static Stream<Arguments> incomplete() {
        return Stream.of(
                Arguments.of(null, SERIAL, POLICIES),
                Arguments.of(FIRMWARE, null, POLICIES),
                Arguments.of(FIRMWARE, SERIAL, null),
                Arguments.of(new byte[] {5, 4}, SERIAL, POLICIES),
                Arguments.of(new byte[] {5, 4, 3, 0}, SERIAL, POLICIES),
                Arguments.of(FIRMWARE, SERIAL, new byte[] {2}),
                Arguments.of(FIRMWARE, SERIAL, new byte[] {0, 1}),
                Arguments.of(FIRMWARE, SERIAL, new byte[] {2, 4}),
                Arguments.of(FIRMWARE, SERIAL, new byte[] {6, 1}),
                Arguments.of(FIRMWARE, new byte[] {2, 1}, POLICIES),
                Arguments.of(FIRMWARE, new byte[] {4, 1, 1}, POLICIES),
                Arguments.of(FIRMWARE, new byte[] {2, 1, -1}, POLICIES),
                Arguments.of(FIRMWARE, new byte[] {2, 2, 0, 1}, POLICIES),
                Arguments.of(FIRMWARE, new byte[] {2, 1, 1, 0}, POLICIES),
                Arguments.of(FIRMWARE, new byte[] {2, 9, 0, -1, 1, 1, 1, 1, 1, 1, 1}, POLICIES));
    }

    @ParameterizedTest
    @MethodSource("incomplete")
    void incompleteStatementIsRefused(byte[] firmware, byte[] serial, byte[] policies) {
        assertRefused(
                "The card's statement about the key is incomplete",
                card.issue(key, false, Maker.says(firmware, serial, policies)),
                cardCertificate);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "3000", "deadbeef"})
    void damagedCertificateIsRefused(String hex) {
        assertRefused("is damaged", Bytes.fromHex(hex), cardCertificate);
        assertRefused("is damaged", statement(), Bytes.fromHex(hex));
    }

    @Test
    void secondSpellingOfACertificateIsRefused() {
        assertRefused(
                "is damaged", Bytes.concat(statement(), Bytes.of(new byte[] {0})), cardCertificate);
        var pem =
                "-----BEGIN CERTIFICATE-----\n"
                        + statement().base64()
                        + "\n-----END CERTIFICATE-----\n";
        assertRefused("is damaged", Bytes.utf8(pem), cardCertificate);
        assertRefused(
                "is damaged",
                Bytes.concat(statement(), Bytes.of(new byte[10_000])),
                cardCertificate);
    }

    @ParameterizedTest
    @CsvSource({"4,2,5,true", "4,2,6,false", "4,3,4,false", "4,3,5,true"})
    void rsaKeyThatCanBeFactoredIsRefused(byte major, byte minor, byte patch, boolean good)
            throws Exception {
        var says = Maker.says(new byte[] {major, minor, patch}, SERIAL, POLICIES);
        var rsa = card.issue("rsa", Maker.pair("RSA").getPublic(), false, says);
        if (good) {
            assertThat(verify(rsa, cardCertificate).publicKey().getAlgorithm()).isEqualTo("RSA");
        } else {
            assertRefused("CVE-2017-15361", rsa, cardCertificate);
        }
        var ec = card.issue(key, false, says);
        assertThat(verify(ec, cardCertificate).publicKey()).isEqualTo(key.keys().getPublic());
    }

    @Test
    void statementIsRead() throws Exception {
        assertThat(verify(statement(), cardCertificate))
                .isEqualTo(
                        new PivAttestation(
                                new Firmware(5, 4, 3),
                                12_345_678,
                                PinPolicy.ONCE,
                                TouchPolicy.NEVER,
                                key.keys().getPublic()));
        assertThat(new Firmware(5, 4, 3)).hasToString("5.4.3");
    }

    @Test
    void chainMayHaveTwoBetweenCardAndRoot() throws Exception {
        var chain = new ArrayList<Bytes>();
        chain.add(statement());
        var first = Maker.named("batch");
        var second = Maker.named("product");
        chain.add(first.issue(card, true, List.of()));
        chain.add(second.issue(first, true, List.of()));
        chain.add(maker.issue(second, true, List.of()));
        assertThat(verify(chain.toArray(Bytes[]::new)).serial()).isEqualTo(12_345_678);
    }

    @Test
    void markIsOneForACardAndAServer() throws Exception {
        var other = card.issue(key, false, Maker.says(FIRMWARE, Maker.serial(7), POLICIES));
        try (var ours = Secret.owning(new byte[32]);
                var theirs = Secret.owning(new byte[] {1})) {
            var mark = verify(statement(), cardCertificate).mark(ours);
            assertThat(mark.size()).isEqualTo(32);
            assertThat(verify(statement(), cardCertificate).mark(ours)).isEqualTo(mark);
            assertThat(verify(statement(), cardCertificate).mark(theirs)).isNotEqualTo(mark);
            assertThat(verify(other, cardCertificate).mark(ours)).isNotEqualTo(mark);
        }
    }
}
