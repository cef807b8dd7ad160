package dev.custodian.device.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BusMessageTest {

    private static BusMessage read(Bytes octets) throws BusException {
        var all = octets.toArray();
        if (all.length < BusMessage.HEAD
                || BusMessage.size(Arrays.copyOf(all, BusMessage.HEAD)) != all.length) {
            throw BusException.malformed("another size");
        }
        return BusMessage.decode(all);
    }

    private static void refused(Bytes octets) {
        assertThatExceptionOfType(BusException.class)
                .isThrownBy(() -> read(octets))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(BusException.Kind.MALFORMED));
    }

    @Test
    void messageThatWasWrittenIsReadAsItWas() throws Exception {
        var octets =
                FakeBus.message(
                        "sa{ss}(oay)b",
                        out ->
                                out.text("Käse")
                                        .array(8, each -> each.align(8).text("a").text("b"))
                                        .align(8)
                                        .text("/x")
                                        .bytes(new byte[] {1, 2, 3})
                                        .bool(true));
        var message = read(octets);
        assertThat(message.member()).isEqualTo("Member");
        assertThat(message.destination()).isEqualTo("to.it");
        assertThat(message.serial()).isEqualTo(7);
        var in = message.body("sa{ss}(oay)b");
        assertThat(in.text()).isEqualTo("Käse");
        assertThat(in.array(8, each -> each.align(8).text() + each.text())).containsExactly("ab");
        assertThat(in.align(8).text()).isEqualTo("/x");
        assertThat(in.bytes()).containsExactly(1, 2, 3);
        assertThat(in.bool()).isTrue();
        in.end();
        assertThat(Bytes.of(message.encode())).isEqualTo(octets);
    }

    @Test
    void everyCutIsRefused() {
        var octets = FakeBus.message("s", out -> out.text("whole"));
        for (int size = 0; size < octets.size(); size++) {
            refused(octets.slice(0, size));
        }
    }

    @Test
    void sizesThatLieAreRefusedBeforeAnythingIsAllocated() {
        for (int at : new int[] {4, 12}) {
            for (var value : List.of("ffffff7f", "ffffffff", "00001000")) {
                var octets = FakeBus.message("s", out -> out.text("whole")).toArray();
                System.arraycopy(Bytes.fromHex(value).toArray(), 0, octets, at, 4);
                assertThatExceptionOfType(BusException.class)
                        .isThrownBy(() -> BusMessage.size(Arrays.copyOf(octets, BusMessage.HEAD)));
            }
        }
    }

    @Test
    void valuesOfOtherTypesThanTheyShouldBeAreRefused() throws Exception {
        var message = read(FakeBus.message("s", out -> out.text("whole")));
        assertThatExceptionOfType(BusException.class).isThrownBy(() -> message.body("ay"));
        var variant = read(FakeBus.message("v", out -> out.signature("s").text("x")));
        assertThatExceptionOfType(BusException.class)
                .isThrownBy(() -> variant.body("v").variant("o"));
        assertThat(variant.body("v").variant("s").text()).isEqualTo("x");
    }

    @Test
    void variantsAreSteppedOverButNotForEver() throws Exception {
        var shallow =
                read(
                        FakeBus.message(
                                "v",
                                out ->
                                        out.signature("a{sv}")
                                                .array(
                                                        8,
                                                        each ->
                                                                each.align(8)
                                                                        .text("a")
                                                                        .signature("(yu)")
                                                                        .align(8)
                                                                        .u8(1)
                                                                        .u32(2))));
        var in = shallow.body("v");
        in.skipVariant();
        in.end();
        var deep =
                read(
                        FakeBus.message(
                                "v",
                                out -> {
                                    for (int i = 0; i < 200; i++) {
                                        out.signature("v");
                                    }
                                    out.signature("y").u8(1);
                                }));
        assertThatExceptionOfType(BusException.class)
                .isThrownBy(() -> deep.body("v").skipVariant())
                .withMessageContaining("too deep");
        var array = read(FakeBus.message("v", out -> out.signature("a".repeat(200) + "y").u32(0)));
        assertThatExceptionOfType(BusException.class)
                .isThrownBy(() -> array.body("v").skipVariant())
                .withMessageContaining("too deep");
    }

    @Test
    void textsTruthsAndPaddingHaveOneSpelling() throws Exception {
        for (var body :
                List.of("0200000061ff00", "020000006100000000", "0100000061", "010000006101")) {
            var message = read(FakeBus.message("s", out -> out.raw(Bytes.fromHex(body).toArray())));
            assertThatExceptionOfType(BusException.class)
                    .as(body)
                    .isThrownBy(() -> message.body("s").text());
        }
        var truth = read(FakeBus.message("b", out -> out.u32(2)));
        assertThatExceptionOfType(BusException.class).isThrownBy(() -> truth.body("b").bool());
        var padded = read(FakeBus.message("yu", out -> out.u8(1).u8(1).u32(0)));
        var in = padded.body("yu");
        in.u8();
        assertThatExceptionOfType(BusException.class).isThrownBy(in::u32);
    }
}
