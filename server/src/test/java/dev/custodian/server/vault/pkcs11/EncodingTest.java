package dev.custodian.server.vault.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Secret;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is passed by address, octet by octet, as Linux and as Windows want it.
class EncodingTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    private static String hex(MemorySegment segment) {
        return Bytes.of(segment.toArray(ValueLayout.JAVA_BYTE)).hex();
    }

    @Test
    void numbersAreLittleEndianAndUnsigned() {
        var octets = arena.allocate(8);
        Abi.LINUX.put(octets, 0, 0x40000212L);
        assertThat(hex(octets)).isEqualTo("1202004000000000");
        Abi.WINDOWS.put(octets, 0, 0x80000001L);
        assertThat(hex(octets)).isEqualTo("0100008000000000");
        assertThat(Abi.WINDOWS.number(octets, 0)).isEqualTo(0x80000001L);
        Abi.LINUX.put(octets, 0, -1);
        assertThat(Abi.LINUX.number(octets, 0)).isEqualTo(-1);
        assertThat(Abi.WINDOWS.number(octets, 0)).isEqualTo(0xffffffffL);
    }

    @Test
    void attributesAreAnArrayWithTheirValues() {
        var template =
                Template.empty()
                        .with(Cryptoki.CKA_TOKEN, true)
                        .with(Cryptoki.CKA_VALUE_LEN, 32)
                        .with(Cryptoki.CKA_LABEL, "é");
        assertThat(attributes(template, Abi.LINUX)).isEqualTo("1:01 161:2000000000000000 3:c3a9 ");
        assertThat(attributes(template, Abi.WINDOWS)).isEqualTo("1:01 161:20000000 3:c3a9 ");
        assertThat(template.encode(arena, Abi.LINUX).byteSize()).isEqualTo(72);
        assertThat(template.encode(arena, Abi.WINDOWS).byteSize()).isEqualTo(48);
    }

    private String attributes(Template template, Abi abi) {
        return attributes(template.encode(arena, abi), template.size(), abi);
    }

    @SuppressWarnings("restricted")
    private static String attributes(MemorySegment encoded, int size, Abi abi) {
        var struct = Struct.CK_ATTRIBUTE;
        var text = new StringBuilder();
        for (int i = 0; i < size; i++) {
            var one = encoded.asSlice(i * struct.size(abi), struct.size(abi));
            var value =
                    Abi.pointer(one, struct.offset(abi, "pValue"))
                            .reinterpret(abi.number(one, struct.offset(abi, "ulValueLen")));
            text.append(Long.toHexString(abi.number(one, struct.offset(abi, "type"))))
                    .append(':')
                    .append(hex(value))
                    .append(' ');
        }
        return text.toString();
    }

    @SuppressWarnings("restricted")
    @Test
    void templateInATemplateIsAnArrayItself() {
        var inner = Template.empty().with(Cryptoki.CKA_EXTRACTABLE, false);
        var outer = Template.empty().with(Cryptoki.CKA_UNWRAP_TEMPLATE, inner);
        for (var abi : Abi.values()) {
            var struct = Struct.CK_ATTRIBUTE;
            var one = outer.encode(arena, abi);
            assertThat(abi.number(one, struct.offset(abi, "type"))).isEqualTo(0x40000212);
            assertThat(abi.number(one, struct.offset(abi, "ulValueLen")))
                    .isEqualTo(struct.size(abi));
            var array =
                    Abi.pointer(one, struct.offset(abi, "pValue")).reinterpret(struct.size(abi));
            assertThat(attributes(array, 1, abi)).isEqualTo("162:00 ");
        }
    }

    @Test
    void longerTemplateLeavesTheShorterAlone() {
        var empty = Template.empty();
        var one = empty.with(Cryptoki.CKA_TOKEN, true);
        assertThat(empty.size()).isZero();
        assertThat(one.with(Cryptoki.CKA_SIGN, true).size()).isEqualTo(2);
        assertThat(one.size()).isEqualTo(1);
        assertThat(empty.encode(arena, Abi.LINUX).byteSize()).isEqualTo(24);
    }

    @Test
    void octetsAreCopiedAndSecretsAreNot() {
        var octets = new byte[] {1};
        var secret = Secret.owning(new byte[] {2});
        var template =
                Template.empty().with(Cryptoki.CKA_ID, octets).with(Cryptoki.CKA_VALUE, secret);
        octets[0] = 9;
        assertThat(attributes(template, Abi.LINUX)).isEqualTo("102:01 11:02 ");
        secret.close();
        assertThatThrownBy(() -> template.encode(arena, Abi.LINUX))
                .hasMessage("the secret was wiped");
    }

    @SuppressWarnings("restricted")
    @Test
    void pssSaysHashMaskAndSalt() {
        var mechanism = Mechanism.pss(HashAlgorithm.SHA384, 7);
        var struct = Struct.CK_MECHANISM;
        for (var abi : Abi.values()) {
            var encoded = mechanism.encode(arena, abi);
            long size = abi.number(encoded, struct.offset(abi, "ulParameterLen"));
            assertThat(abi.number(encoded, struct.offset(abi, "mechanism"))).isEqualTo(0xd);
            var parameter =
                    Abi.pointer(encoded, struct.offset(abi, "pParameter")).reinterpret(size);
            assertThat(hex(parameter))
                    .isEqualTo(
                            abi == Abi.LINUX
                                    ? "600200000000000003000000000000000700000000000000"
                                    : "600200000300000007000000");
        }
    }

    @Test
    void mechanismWithoutParameterPointsNowhere() {
        var encoded = Mechanism.of(Cryptoki.CKM_ECDSA).encode(arena, Abi.LINUX);
        assertThat(hex(encoded)).isEqualTo("4110" + "00".repeat(22));
    }

    @Test
    void memoryOfACallIsWiped() {
        var pin = "1234".getBytes(StandardCharsets.UTF_8);
        try (var wiped = new WipedArena()) {
            var given = wiped.allocateFrom(ValueLayout.JAVA_BYTE, pin);
            assertThat(hex(given)).isEqualTo("31323334");
            wiped.wipe();
            assertThat(hex(given)).isEqualTo("00000000");
        }
    }

    @Test
    void returnValuesHaveTheirNames() {
        assertThat(ReturnValues.name(0xE0)).isEqualTo("CKR_TOKEN_NOT_PRESENT");
        assertThat(ReturnValues.name(0)).isEqualTo("CKR_OK");
        assertThat(ReturnValues.name(0x1234)).isEqualTo("an unknown return value");
        assertThat(ReturnValues.name(0x80000000L)).isEqualTo("a return value of the vendor");
    }
}
