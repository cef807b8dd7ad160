package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// NSS softokn, the known-bad one: it has no officer, and wraps out what is to stay.
class NssCheckIT extends HsmCheckContract {
    NssCheckIT() {
        super("NSS softokn 3.87");
    }

    @Test
    void residentKeyIsStolen(@TempDir Path folder) throws Exception {
        var hsm = Hsm.nss(folder);
        assertThat(setUp(hsm)).startsWith("the module has no security officer: C_Login: ");
        var report = check(hsm);
        assertThat(stolen(report)).containsExactly("wrap a resident key out");
        assertThat(report.isStolen()).isTrue();
        assertThat(report.residentOnly()).isEqualTo("wrap keys: hsm init made no wrapping key");
    }
}
