package dev.custodian.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class BytesTest {
    @Test
    void laterChangesOfTheArrayAreNotSeen() {
        var array = new byte[] {1, 2};
        var bytes = Bytes.of(array);
        array[0] = 9;
        bytes.toArray()[1] = 9;
        assertThat(bytes.hex()).isEqualTo("0102");
    }

    @Test
    void equalOctetsAreEqual() {
        assertThat(Bytes.utf8("")).isEqualTo(Bytes.EMPTY).isEqualTo(Bytes.of());
        assertThat(Bytes.of((byte) 1)).hasSameHashCodeAs(Bytes.fromHex("01"));
        assertThat(Bytes.fromHex("0100")).isNotEqualTo(Bytes.fromHex("01"));
        assertThat(Bytes.fromHex("01").equalsConstantTime(Bytes.fromHex("01"))).isTrue();
        assertThat(Bytes.fromHex("01").equalsConstantTime(Bytes.fromHex("0100"))).isFalse();
    }

    @Test
    void orderIsThatOfUnsignedOctets() {
        var sorted = List.of("", "00", "0000", "01", "7f", "80", "ff", "ff00");
        var bytes = new ArrayList<>(sorted.stream().map(Bytes::fromHex).toList());
        Collections.reverse(bytes);
        Collections.sort(bytes);
        assertThat(bytes.stream().map(Bytes::hex)).containsExactlyElementsOf(sorted);
    }

    /// FORMATS §0: `a | b` is plain, `a ‖ b` puts each length in front, so that no two lists agree.
    @Test
    void joinTellsListsApartThatConcatDoesNot() {
        var ab = Bytes.utf8("ab");
        var c = Bytes.utf8("c");
        assertThat(Bytes.concat(ab, c)).isEqualTo(Bytes.concat(Bytes.utf8("a"), Bytes.utf8("bc")));
        assertThat(Bytes.join(ab, c).hex()).isEqualTo("0000000261620000000163");
        assertThat(Bytes.join()).isEqualTo(Bytes.EMPTY);
        assertThat(Bytes.join(Bytes.EMPTY)).isEqualTo(Bytes.u32(0));
    }

    @Test
    void numbersAreBigEndian() {
        assertThat(Bytes.u32(0x01020304).hex()).isEqualTo("01020304");
        assertThat(Bytes.u32(-1).hex()).isEqualTo("ffffffff");
        assertThat(Bytes.u64(0x0102030405060708L).hex()).isEqualTo("0102030405060708");
    }

    @Test
    void slicesStayInside() {
        var bytes = Bytes.fromHex("00010203");
        assertThat(bytes.slice(1, 3).hex()).isEqualTo("0102");
        assertThat(bytes.slice(4, 4)).isEqualTo(Bytes.EMPTY);
        assertThatThrownBy(() -> bytes.slice(3, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> bytes.slice(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> bytes.slice(3, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void longOctetsPrintShort() {
        assertThat(Bytes.of(new byte[1000]))
                .hasToString("00000000000000000000000000000000… (1000 octets)");
    }

    @Test
    void hashIsSha256OverThePlainConcatenation() {
        var abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assertThat(Hashes.sha256(Bytes.utf8("a"), Bytes.utf8("bc")).hex()).isEqualTo(abc);
        assertThat(Hashes.sha256(new byte[] {'a'}, new byte[] {'b'}, new byte[] {'c'}).hex())
                .isEqualTo(abc);
    }

    /// RFC 4648 §10, in lower case and without padding.
    @Test
    void base32OfTheStandardIsRead() throws MalformedException {
        var texts = List.of("", "my", "mzxq", "mzxw6", "mzxw6yq", "mzxw6ytb", "mzxw6ytboi");
        for (int i = 0; i < texts.size(); i++) {
            var octets = Bytes.utf8("foobar".substring(0, i));
            assertThat(Base32.encode(octets)).isEqualTo(texts.get(i));
            assertThat(Base32.decode(texts.get(i), i)).isEqualTo(octets);
        }
    }

    @Test
    void secondSpellingsOfBase32AreRefused() {
        for (var text : List.of("mz", "m1", "MY", "my======", "m", "myy", "m ")) {
            assertThatThrownBy(() -> Base32.decode(text, 1)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void idOfAnotherKindIsAFaultOfTheProgram() {
        var owner = Id.of(Id.Kind.OWNER, Bytes.of(new byte[16]));
        assertThat(owner.require(Id.Kind.OWNER)).isSameAs(owner);
        assertThatThrownBy(() -> owner.require(Id.Kind.DEVICE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Id(Id.Kind.DEVICE, owner.text()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Id.of(Id.Kind.OWNER, Bytes.of(new byte[15])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
