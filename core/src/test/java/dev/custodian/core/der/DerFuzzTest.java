package dev.custodian.core.der;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.math.BigInteger;

/// Whatever the octets, elements are read or refused; what was read has one spelling.
class DerFuzzTest {
    private static final int CONSTRUCTED = 0x20;
    private static final int DEPTH = 16;

    @FuzzTest
    void elementsAreRefusedOrReadTheSameAgain(byte[] octets) {
        try {
            assertThat(again(Bytes.of(octets), DEPTH)).isEqualTo(Bytes.of(octets));
        } catch (MalformedException e) {
            return;
        }
    }

    private static Bytes again(Bytes octets, int depth) throws MalformedException {
        if (depth == 0) {
            return octets;
        }
        var in = new DerReader(octets);
        var out = Bytes.EMPTY;
        while (in.more()) {
            if (in.isNext(Tag.INTEGER)) {
                out = Bytes.concat(out, Der.integer(in.integer()));
                continue;
            }
            var element = in.next();
            var content =
                    (element.tag() & CONSTRUCTED) == 0
                            ? element.content()
                            : again(element.content(), depth - 1);
            out = Bytes.concat(out, Der.of(element.tag(), content));
        }
        in.done();
        return out;
    }

    @FuzzTest
    void firstIsWhatTheOctetsBeginWith(byte[] octets) {
        var all = Bytes.of(octets);
        try {
            var first = DerReader.first(all, Tag.SEQUENCE);
            assertThat(all.slice(0, first.size())).isEqualTo(first);
            assertThat(Der.sequence(DerReader.only(first, Tag.SEQUENCE))).isEqualTo(first);
        } catch (MalformedException e) {
            return;
        }
    }

    @FuzzTest
    void numberIsReadAsItWasWritten(byte[] octets) throws MalformedException {
        if (octets.length == 0 || octets.length > 0xffff) {
            return;
        }
        var number = new BigInteger(octets);
        var in = new DerReader(Der.integer(number));
        assertThat(in.integer()).isEqualTo(number);
        in.done();
    }
}
