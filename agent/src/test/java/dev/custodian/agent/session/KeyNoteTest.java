package dev.custodian.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.device.KeyUri;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyNoteTest {
    @TempDir Path scratch;

    private static KeyNote of(String key) {
        return new KeyNote(key, false, "", "", List.of(), false);
    }

    /// What is not known as the device's own key can be deleted.
    @ParameterizedTest
    @CsvSource({
        "custodian-key:tpm:/home/mara/keys/device.pem,"
                + " custodian-key:tpm:/mnt/moved/keys/device.pem, true",
        "custodian-key:tpm:/home/mara/keys/device.pem, custodian-key:tpm:/home/mara/keys/work.pem,"
                + " false",
        "custodian-key:tpm:/home/mara/keys/device.pem,"
                + " custodian-key:tpm:/home/mara/keys/my-device.pem, false",
        "custodian-key:tpm:/home/mara/keys/9a, custodian-key:piv:serial=1;slot=9a, false",
        "custodian-key:piv:serial=1;slot=9a, custodian-key:piv:serial=1;slot=9a, true",
        "custodian-key:piv:serial=1;slot=9a, custodian-key:piv:serial=2;slot=9a, false",
    })
    void keyOfTheDeviceIsKnownWhereverItsFolderIs(String noted, String uri, boolean same)
            throws Exception {
        assertThat(of(noted).isOf(KeyUri.parse(uri))).isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({
        "custodian-key:tpm:/home/mara/keys/device.pem, tpm",
        "custodian-key:piv:serial=1;slot=9a, piv",
        "custodian-key:tpm:/custodian-key/piv/serial, tpm",
    })
    void wayOfProofIsThatOfTheStore(String noted, String kind) throws Exception {
        assertThat(of(noted).proof()).contains(ProofKind.parse(kind));
    }

    @Test
    void whatIsInNoHardwareHasNoProof() throws Exception {
        assertThat(KeyNote.NONE.proof()).isEmpty();
        assertThat(of("custodian-key:file:/home/mara/keys/work.p8").proof()).isEmpty();
        assertThatThrownBy(() -> of("custodian-key:piv:another spelling").proof())
                .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> of("custodian-key:moon:1").proof()).isInstanceOf(Refused.class);
    }

    /// Nobody was told anything about what was noted before.
    @Test
    void noteOfBeforeIsReadAndHasToldNobody() throws Exception {
        var noted =
                """
                {"v":1,"key":"custodian-key:piv:serial=1;slot=9a","pin":true,"store":"a card",\
                "sentence":"well","passed_over":["no TPM"]}""";
        Files.writeString(scratch.resolve(KeyNote.FILE), noted);
        var note = KeyNote.in(scratch);
        assertThat(note.told()).isFalse();
        assertThat(note.encode().utf8()).isEqualTo(noted);
        var told = note.withTold();
        Files.writeString(scratch.resolve(KeyNote.FILE), told.encode().utf8());
        assertThat(KeyNote.in(scratch)).isEqualTo(told);
        Files.writeString(
                scratch.resolve(KeyNote.FILE),
                told.encode().utf8().replace("\"told\":true", "\"told\":1"));
        assertThatThrownBy(() -> KeyNote.in(scratch)).isInstanceOf(Refused.class);
    }

    @Test
    void fileOfTheFolderIsNone() throws Exception {
        assertThat(KeyNote.NONE.isOf(KeyUri.parse("custodian-key:tpm:/device.pem"))).isFalse();
    }
}
