package dev.custodian.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.device.KeyUri;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyNoteTest {
    private static KeyNote of(String key) {
        return new KeyNote(key, false, "", "", List.of());
    }

    /// What is not known as the device's own key can be deleted.
    @ParameterizedTest
    @CsvSource({
        "custodian-key:tpm:/home/mara/keys/device.pem, custodian-key:tpm:/mnt/moved/keys/device.pem, true",
        "custodian-key:tpm:/home/mara/keys/device.pem, custodian-key:tpm:/home/mara/keys/work.pem, false",
        "custodian-key:tpm:/home/mara/keys/device.pem, custodian-key:tpm:/home/mara/keys/my-device.pem, false",
        "custodian-key:tpm:/home/mara/keys/9a, custodian-key:piv:serial=1;slot=9a, false",
        "custodian-key:piv:serial=1;slot=9a, custodian-key:piv:serial=1;slot=9a, true",
        "custodian-key:piv:serial=1;slot=9a, custodian-key:piv:serial=2;slot=9a, false",
    })
    void keyOfTheDeviceIsKnownWhereverItsFolderIs(String noted, String uri, boolean same)
            throws Exception {
        assertThat(of(noted).isOf(KeyUri.parse(uri))).isEqualTo(same);
    }

    @Test
    void fileOfTheFolderIsNone() throws Exception {
        assertThat(KeyNote.NONE.isOf(KeyUri.parse("custodian-key:tpm:/device.pem"))).isFalse();
    }
}
