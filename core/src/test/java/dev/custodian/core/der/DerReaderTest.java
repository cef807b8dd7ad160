package dev.custodian.core.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DerReaderTest {
    private interface Reading {
        void read() throws MalformedException;
    }

    private static void refused(Reason reason, Reading reading) {
        assertThatThrownBy(reading::read)
                .isInstanceOfSatisfying(
                        MalformedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static DerReader of(String hex) {
        return new DerReader(Bytes.fromHex(hex));
    }

    @ParameterizedTest
    @CsvSource({
        // §10.1: a length in more octets than it needs
        "SPELLING, 04810100",
        "SPELLING, 04817f00",
        "SPELLING, 0482000100",
        "SPELLING, 048200ff00",
        // of no length (§8.1.3.6), reserved (§8.1.3.5 c), longer than we take
        "SIZE, 04800000",
        "SIZE, 04ff",
        "SIZE, 0483010000",
        // the octets end
        "SIZE, 04",
        "SIZE, 0401",
        "SIZE, 0481",
        "SIZE, 048201",
        "SIZE, 04820100",
        // §8.1.2.4: a tag of more than one octet
        "SYNTAX, 1f8101",
        "SYNTAX, 3f2000",
        "SYNTAX, bf2000"
    })
    void elementOfAnotherFormIsRefused(Reason reason, String hex) {
        refused(reason, () -> of(hex).next());
    }

    @Test
    void endIsNoElement() throws Exception {
        var in = of("0500");
        assertThat(in.next()).isEqualTo(new DerReader.Element(Tag.NULL, Bytes.EMPTY));
        refused(Reason.SIZE, in::next);
    }

    @Test
    void shortestLengthsAreTaken() throws Exception {
        for (int size : new int[] {0, 1, 127, 128, 255, 256, 65_535}) {
            var content = Bytes.of(new byte[size]);
            assertThat(DerReader.only(Der.octets(content), Tag.OCTET_STRING)).isEqualTo(content);
        }
    }

    @Test
    void anotherTagIsRefused() throws Exception {
        refused(Reason.SYNTAX, () -> of("0400").next(Tag.SEQUENCE));
        assertThat(of("3000").next(Tag.SEQUENCE)).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void whatFollowsTheOneElementIsRefused() throws Exception {
        var whole = Bytes.fromHex("30020500");
        refused(
                Reason.SIZE,
                () -> DerReader.only(Bytes.concat(whole, Bytes.of((byte) 0)), Tag.SEQUENCE));
        assertThat(DerReader.only(whole, Tag.SEQUENCE)).isEqualTo(Der.NULL);
    }

    @Test
    void firstElementIsWhole() throws Exception {
        refused(Reason.SYNTAX, () -> DerReader.first(Der.NULL, Tag.SEQUENCE));
        assertThat(DerReader.first(Bytes.fromHex("30020500ffff"), Tag.SEQUENCE))
                .isEqualTo(Bytes.fromHex("30020500"));
    }

    @ParameterizedTest
    @CsvSource({
        "SYNTAX, 0200",
        "SYNTAX, 040101",
        // §8.3.2: nine bits alike at the beginning
        "SPELLING, 02020000",
        "SPELLING, 0202007f",
        "SPELLING, 0202ffff",
        "SPELLING, 0202ff80"
    })
    void numberOfAnotherFormIsRefused(Reason reason, String hex) {
        refused(reason, () -> of(hex).integer());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 020100",
        "127, 02017f",
        "128, 02020080",
        "-1, 0201ff",
        "-128, 020180",
        "-129, 0202ff7f",
        "65537, 0203010001"
    })
    void numberIsRead(BigInteger number, String hex) throws Exception {
        var in = of(hex);
        assertThat(in.integer()).isEqualTo(number);
        in.done();
        assertThat(Der.integer(number)).isEqualTo(Bytes.fromHex(hex));
    }

    @Test
    void whatComesNextStaysTheNext() throws Exception {
        var in = of("a0000500");
        assertThat(in.isNext(Tag.NULL)).isFalse();
        assertThat(in.isNext(Tag.context(0))).isTrue();
        assertThat(in.next().tag()).isEqualTo(0xa0);
        assertThat(in.isNext(Tag.NULL)).isTrue();
        refused(Reason.SIZE, in::done);
        assertThat(in.next().tag()).isEqualTo(Tag.NULL);
        assertThat(in.isNext(Tag.NULL)).isFalse();
        assertThat(in.more()).isFalse();
        in.done();
    }
}
