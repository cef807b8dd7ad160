package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// NSS softokn through the binding: the module that wants something reserved, and breaks promises.
class NssBindingIT extends BindingContract {
    @Override
    Hsm make(Path folder) throws Exception {
        return Hsm.nss(folder);
    }

    /// The known-bad one: it should have said CKR_KEY_UNEXTRACTABLE.
    @Test
    void keyThatIsNotExtractableLeaves() throws Exception {
        var kek = session.generateKey(Mechanism.of(CKM_AES_KEY_GEN), Keys.wrapping());
        var pair = Keys.rsa(session, Keys.unwrapped(CKK_RSA));
        assertThat(session.flag(pair.privateKey(), CKA_EXTRACTABLE)).isFalse();
        assertThat(session.wrap(wrapping(), kek, pair.privateKey())).isNotEmpty();
    }

    @Test
    void withoutWhatItWantsItSaysSo() throws Exception {
        close();
        try {
            assertThatThrownBy(() -> Pkcs11Module.load(hsm.library(), null))
                    .hasMessage("C_Initialize: CKR_ARGUMENTS_BAD (0x7)");
        } finally {
            connect();
        }
    }
}
