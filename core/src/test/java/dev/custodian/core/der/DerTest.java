package dev.custodian.core.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DerTest {
    @Test
    void elementTooLongToReadIsNotWritten() throws Exception {
        var longest = Bytes.of(new byte[0xffff]);
        assertThatThrownBy(() -> Der.octets(Bytes.concat(longest, Bytes.of((byte) 0))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Der.octets(longest).slice(0, 4)).isEqualTo(Bytes.fromHex("0482ffff"));
        assertThat(DerReader.only(Der.octets(longest), Tag.OCTET_STRING)).isEqualTo(longest);
    }

    @Test
    void tagOfMoreThanOneOctetIsNotMade() {
        for (int number : List.of(-1, 31)) {
            assertThatThrownBy(() -> Tag.context(number))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Tag.context(30)).isEqualTo(0xbe);
    }

    @ParameterizedTest
    @CsvSource({
        "2.5.4.3, 0603550403",
        "1.2.840.10045.4.3.2, 06082a8648ce3d040302",
        "1.3.6.1.4.1.41482.3.7, 060a2b0601040182c40a0307",
        "2.23.133.8.1, 06056781050801",
        "2.999, 06028837"
    })
    void identifierIsAsOthersWriteIt(String dotted, String hex) {
        assertThat(Der.oid(dotted)).isEqualTo(Bytes.fromHex(hex));
    }

    /// RFC 5280 §4.1.2.5.
    @ParameterizedTest
    @CsvSource({
        "1949-12-31T23:59:59Z, 18, 19491231235959Z",
        "1950-01-01T00:00:00Z, 17, 500101000000Z",
        "2049-12-31T23:59:59Z, 17, 491231235959Z",
        "2050-01-01T00:00:00Z, 18, 20500101000000Z"
    })
    void timeHasTwoDigitsForTheYearUpTo2049(Instant time, String tag, String text)
            throws MalformedException {
        var element = new DerReader(Der.time(time)).next();
        assertThat(element.tag()).isEqualTo(Integer.parseInt(tag, 16));
        assertThat(element.content().utf8()).isEqualTo(text);
    }

    /// X.690 §11.6.
    @Test
    void setIsInTheOrderOfItsOctets() {
        var few = Der.integer(BigInteger.TWO);
        var many = Der.integer(BigInteger.valueOf(256));
        assertThat(Der.set(many, few)).isEqualTo(Der.set(few, many));
        assertThat(Der.set(many, few)).isEqualTo(Bytes.fromHex("310702010202020100"));
    }

    @Test
    void partsAreWrittenAsTheJdkWritesThem() throws Exception {
        var id = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
        var point = Bytes.of(id).slice(id.length - 32, id.length);
        assertThat(Der.sequence(Der.sequence(Der.oid("1.3.101.112")), Der.bits(point)))
                .isEqualTo(Bytes.of(id));
        var out = new ByteArrayOutputStream();
        out.writeBytes(Der.truth(true).toArray());
        out.writeBytes(Der.truth(false).toArray());
        out.writeBytes(Der.utf8("ä").toArray());
        assertThat(Bytes.of(out.toByteArray())).isEqualTo(Bytes.fromHex("0101ff0101000c02c3a4"));
    }

    /// RFC 3279 §2.2.3: no number below zero, none longer than it needs to be.
    @Test
    void signatureHasTwoNumbersAboveZero() {
        assertThat(Der.signature(Bytes.fromHex("00010080")))
                .isEqualTo(Bytes.fromHex("300702010102020080"));
    }
}
