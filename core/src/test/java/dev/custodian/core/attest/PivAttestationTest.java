package dev.custodian.core.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import java.time.Duration;
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

    @Test
    void expiredCertificateIsRefused() {
        var chain = List.of(statement(), cardCertificate);
        var roots = List.of(maker.root());
        assertThatThrownBy(
                        () ->
                                PivAttestation.verify(
                                        chain, roots, Maker.GOOD_UNTIL.plus(Duration.ofDays(1))))
                .isInstanceOf(NotAttestedException.class)
                .hasMessageContaining("EXPIRED");
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
}
