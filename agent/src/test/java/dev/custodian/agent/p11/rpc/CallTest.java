package dev.custodian.agent.p11.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests as Debian's client sends them, octet for octet.
class CallTest {
    private static final String SIGN_INIT = "0000002a 00000003 754d75 0000000000000001";
    private static final String KEY = "0000000000000003";
    private static final String PSS = "0000000000000250 0000000000000002 0000000000000020";

    private static Call parse(String hex, int offered) throws MalformedException {
        return Call.parse(Bytes.fromHex(hex.replace(" ", "")).toArray(), offered);
    }

    private static void refused(String hex, int offered) {
        assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> parse(hex, offered));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0000",
                "00000002",
                "00000002 00000001",
                "00000002 ffffffff 00",
                // values of another call, and one too many
                "00000002 00000001 75 0000000000000001",
                "00000005 00000001 75 0000000000000001 00",
                "00000005 00000001 75 00000000000001",
                // another handshake
                "00000001 00000005 6179796179 01 00000003 414243 00 00 00000000",
                // octets neither there nor absent
                "0000002c 00000003 756179 0000000000000001 02 00000000",
                // octets longer than what holds them
                "0000002c 00000003 756179 0000000000000001 01 7fffffff 00",
                "0000002c 00000003 756179 0000000000000001 01 fffffffe 00",
                // 2^31 attributes, and 257
                "0000001a 00000003 756141 0000000000000001 7fffffff",
                "0000001a 00000003 756141 0000000000000001 00000101",
                "00000018 00000004 75756641 0000000000000001 0000000000000003 80000000",
                // an attribute without a value; a template in a template
                "0000001a 00000003 756141 0000000000000001 00000001 00000000 00",
                "0000001a 00000003 756141 0000000000000001 00000001 40000211 01 00000018 00000001",
                // room for a template
                "00000018 00000004 75756641 0000000000000001 0000000000000003 00000001 40000211"
                        + " 00000018"
            })
    void malformedIsRefused(String hex) {
        refused(hex, 0);
        refused(hex, 2);
    }

    @Test
    void mechanismIsReadByTheVersionThatWasOffered() throws Exception {
        var plain = new Call.SignInit(1, new Mechanism(1, Bytes.EMPTY), 3);
        var old = SIGN_INIT + "00000001 ffffffff" + KEY;
        var now = SIGN_INIT + "00000001" + KEY;
        assertThat(parse(old, 0)).isEqualTo(plain);
        assertThat(parse(old, 1)).isEqualTo(plain);
        assertThat(parse(now, 2)).isEqualTo(plain);
        assertThat(parse(now, 7)).isEqualTo(plain);
        refused(old, 2);
        // what an older client means by it is: no mechanism
        assertThat(parse(now, 1))
                .isEqualTo(new Call.SignInit(1, new Mechanism(Mechanism.NONE, Bytes.EMPTY), 3));
    }

    @Test
    void parameterIsReadByTheVersionThatWasOffered() throws Exception {
        var parameter = Bytes.fromHex(PSS.replace(" ", ""));
        var pss = new Call.SignInit(1, new Mechanism(0xd, parameter), 3);
        assertThat(parse(SIGN_INIT + "0000000d" + PSS + KEY, 0)).isEqualTo(pss);
        assertThat(parse(SIGN_INIT + "0000000d 01" + PSS + KEY, 2)).isEqualTo(pss);
        assertThat(parse(SIGN_INIT + "0000000d 00" + KEY, 2))
                .isEqualTo(new Call.SignInit(1, new Mechanism(0xd, Bytes.EMPTY), 3));
        refused(SIGN_INIT + "0000000d 02" + PSS + KEY, 2);
        refused(SIGN_INIT + "0000000d 00" + PSS + KEY, 2);
        assertThat(Mechanism.Pss.parse(parameter)).isEqualTo(new Mechanism.Pss(0x250, 0x2, 0x20));
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> Mechanism.Pss.parse(parameter.slice(0, 23)));
    }

    @Test
    void noMechanismIsReadInEachSpelling() throws Exception {
        var none = new Call.SignInit(1, new Mechanism(Mechanism.NONE, Bytes.EMPTY), 3);
        assertThat(parse(SIGN_INIT + "ffffffff" + KEY, 1)).isEqualTo(none);
        assertThat(parse(SIGN_INIT + "00000000" + KEY, 1)).isEqualTo(none);
        assertThat(parse(SIGN_INIT + "ffffffff" + KEY, 2)).isEqualTo(none);
    }

    @Test
    void capturedRequestsAreRead() throws Exception {
        assertThat(
                        parse(
                                "00000001 00000005 6179796179 01 00000029"
                                        + Call.HANDSHAKE.hex()
                                        + "00 01 00000001 00",
                                0))
                .isEqualTo(new Call.Initialize());
        assertThat(parse("00000004 00000003 796675 00 00000001", 0))
                .isEqualTo(new Call.GetSlotList(1));
        assertThat(parse("0000000a 00000002 7575 0000000000000007 0000000000000004", 0))
                .isEqualTo(new Call.OpenSession(7, 4));
        assertThat(
                        parse(
                                "0000001a 00000003 756141 0000000000000001 00000002"
                                        + "00000000 01 00000008 0000000000000003"
                                        + "00000102 01 00000001 00000001 01",
                                0))
                .isEqualTo(
                        new Call.FindObjectsInit(
                                1,
                                List.of(
                                        new Attribute(Cka.CLASS, new Attribute.Ulong(3)),
                                        new Attribute(
                                                Cka.ID,
                                                new Attribute.Octets(Bytes.of((byte) 1))))));
        assertThat(
                        parse(
                                "00000018 00000004 75756641 0000000000000001 0000000000000003"
                                        + "00000001 00000102 00000000",
                                0))
                .isEqualTo(new Call.GetAttributeValue(1, 3, List.of(new Call.Room(Cka.ID, 0))));
        assertThat(
                        parse(
                                "0000002b 00000005 7561796679 0000000000000001 01 00000002 abcd"
                                        + "00000200",
                                0))
                .isEqualTo(new Call.Sign(1, Bytes.fromHex("abcd"), 0x200));
        // no buffer, one for nothing, one that is larger than memory
        var last = "0000002d 00000003 756679 0000000000000001";
        assertThat(parse(last + "00000000", 0)).isEqualTo(new Call.SignFinal(1, 0));
        assertThat(parse(last + "ffffffff", 0)).isEqualTo(new Call.SignFinal(1, -1));
        assertThat(parse(last + "fffffffe", 0)).isEqualTo(new Call.SignFinal(1, Integer.MAX_VALUE));
        assertThat(parse("0000003b 00000001 75", 0)).isEqualTo(new Call.Unknown(59));
    }

    @Test
    void pinIsNotRead() throws Exception {
        var login = new Call.Login(1, 1);
        var begin = "00000012 00000004 75756179 0000000000000001 0000000000000001";
        assertThat(parse(begin + "01 00000004 31323334", 0)).isEqualTo(login);
        assertThat(parse(begin + "00 00000000", 0)).isEqualTo(login);
        refused(begin + "01 00000005 31323334", 0);
    }

    @Test
    void answersAreThoseThatWereCaptured() {
        var expected =
                "00000018 00000003 614175 00000001 00000102 01 00000001 ffffffff 0000000000000000";
        var id = new Attribute(Cka.ID, new Attribute.Octets(Bytes.of((byte) 1)));
        assertThat(
                        RpcWriter.to(Function.GET_ATTRIBUTE_VALUE)
                                .count(1)
                                .attribute(id, true)
                                .number(0)
                                .done()
                                .hex())
                .isEqualTo(expected.replace(" ", ""));
        assertThat(RpcWriter.to(Function.GET_SLOT_LIST).numbers(List.of(7L), 0).done().hex())
                .isEqualTo("0000000400000002617500" + "00000001");
        assertThat(RpcWriter.to(Function.GET_SLOT_LIST).numbers(List.of(7L), 1).done().hex())
                .isEqualTo("0000000400000002617501" + "00000001" + "0000000000000007");
        assertThat(RpcWriter.error(Ckr.PIN_INCORRECT).hex())
                .isEqualTo("000000000000000175" + "00000000000000a0");
    }
}
