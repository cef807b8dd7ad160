package dev.custodian.device.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TpmKeyFileTest {
    /// Made by OpenSSL's provider tpm2 1.1.1 over a simulator.
    private static final String OPENSSL =
            """
            -----BEGIN TSS2 PRIVATE KEY-----
            MIHwBgZngQUKAQOgAwEBAAIEQAAAAQRYAFYAIwALAAYAcgAAABAAEAADABAAIMXD
            zjZpdgKT5+fzayJ6RREDncyqT76CT69iUej01iBmACCao82VfqftR1Rmn+794axh
            KuQ5Gg0zPrXsXcfzc/XbPwSBgAB+ACCUA4WlrKeU0HXWM355u0r8SjptCFbcmsHG
            oBfdabkqZgAQeE8/a7NNOFc74Pve6wlOAdJGsR83vNeCT8bRRai54eAGwjQbbVzo
            pjnrfiVG4YV7ps0dsXX6jU8Jt4+zKy/upuxvnMGNm5XwpOZ9pDBagDnATG2zPfcS
            8WF+
            -----END TSS2 PRIVATE KEY-----
            """;

    @Test
    void fileOfOpensslIsRead() throws Exception {
        var file = TpmKeyFile.parse(OPENSSL);
        assertThat(file.kind()).isEqualTo(TpmKeyFile.Kind.LOADABLE);
        assertThat(file.emptyAuth()).isFalse();
        assertThat(file.parent()).isEqualTo(0x40000001);
        assertThat(file.area().algorithm()).isEqualTo(KeyAlgorithm.P256);
        assertThat(file.area().publicKey().getAlgorithm()).isEqualTo("EC");
        assertThat(file.sensitive().size()).isEqualTo(126);
        // as `tpm2 load` says it
        assertThat(file.area().name().hex())
                .isEqualTo("000b4cbc296f5fffd9fcd6973df8662697d30905db1de354145ac12de8ffffc90709");
    }

    @Test
    void fileOfOursIsThatOfOpenssl() throws Exception {
        assertThat(TpmKeyFile.parse(OPENSSL).pem()).isEqualTo(OPENSSL);
        assertThat(TpmKeyFile.parse(OPENSSL.replace("\n", "\r\n")).pem()).isEqualTo(OPENSSL);
    }

    @Test
    void fileCutAnywhereIsRefused() {
        for (int size = 0; size < OPENSSL.length(); size++) {
            var cut = OPENSSL.substring(0, size);
            assertThatThrownBy(() -> TpmKeyFile.parse(cut))
                    .as("%d characters", size)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void derCutAnywhereIsRefused() throws Exception {
        var der = Bytes.of(TpmKeyFile.parse(OPENSSL).encode());
        for (int size = 0; size < der.size(); size++) {
            var cut = der.slice(0, size).toArray();
            assertThatThrownBy(() -> TpmKeyFile.decode(cut))
                    .as("%d octets", size)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // importable, another truth's length, a policy, a negative parent, a long one, a longer
        // spelling, another tag in the place of the public area
        "06066781050a0103, 06066781050a0104",
        "a003010100, a00401020000",
        "a003010100, a003010100a1023000",
        "020440000001, 0204c0000001",
        "020440000001, 02060100000000ff",
        "020440000001, 02050040000001",
        "04580056, 05580056",
        // beyond the end, and an octet too few
        "04580056, 04580057",
        "04580056, 04580055",
        // hash, kind and scheme of the public area
        "0023000b, 00230004",
        "0023000b, 0025000b",
        "001000100003, 0010000f0003",
        "048180007e, 04820080007e"
    })
    void wrongElementIsRefused(String right, String wrong) throws Exception {
        var hex = Bytes.of(TpmKeyFile.parse(OPENSSL).encode()).hex();
        int grown = (wrong.length() - right.length()) / 2;
        var changed = hex.replaceFirst("3081f0", "3081%02x".formatted(0xf0 + grown));
        assertThat(changed).contains(right);
        var der = Bytes.fromHex(changed.replaceFirst(right, wrong)).toArray();
        assertThatThrownBy(() -> TpmKeyFile.decode(der)).isInstanceOf(MalformedException.class);
    }

    @Test
    void pointBesideTheCurveIsNoKey() throws Exception {
        var file = TpmKeyFile.parse(OPENSSL);
        var ecc = (TpmPublic.Ecc) file.area().kind();
        var beside =
                new TpmPublic(
                        file.area().nameHash(),
                        file.area().attributes(),
                        file.area().policy(),
                        new TpmPublic.Ecc(
                                ecc.symmetric(), ecc.scheme(), ecc.curve(), ecc.y(), ecc.x()));
        assertThatThrownBy(beside::publicKey).hasMessage("a point beside its curve");
    }
}
