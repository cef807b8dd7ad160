package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.User;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kryoptic lets every user make a trusted key: so the vault wraps no keys in it.
class KryopticCheck extends HsmCheckContract {
    KryopticCheck() {
        super("Kryoptic 1.5.4");
    }

    @Test
    void userMakesATrustedKeySoNothingIsWrapped(@TempDir Path folder) throws Exception {
        var hsm = Hsm.kryoptic(folder);
        assertThat(setUp(hsm)).isEqualTo("make a trusted key: a user made a trusted key");
        makeWrappingKey(hsm);
        var report = check(hsm);
        assertThat(stolen(report)).containsExactly("make a trusted key");
        assertThat(report.residentOnly())
                .isEqualTo("make a trusted key: a user made a trusted key");
    }

    /// That key which the set-up destroyed again.
    private static void makeWrappingKey(Hsm hsm) throws Exception {
        try (var module = hsm.load();
                var session = module.token(hsm.label()).open();
                var officer = hsm.officer()) {
            var named =
                    Template.empty()
                            .with(CKA_CLASS, CKO_SECRET_KEY)
                            .with(CKA_LABEL, "custodian wrapping key");
            assertThat(session.find(named, 1)).isEmpty();
            session.login(User.OFFICER, officer);
            long _ =
                    session.generateKey(
                            Mechanism.of(CKM_AES_KEY_GEN),
                            named.with(CKA_KEY_TYPE, CKK_AES)
                                    .with(CKA_VALUE_LEN, 32)
                                    .with(CKA_TOKEN, true)
                                    .with(CKA_ID, new byte[] {1})
                                    .with(CKA_PRIVATE, false)
                                    .with(CKA_TRUSTED, true)
                                    .with(CKA_SENSITIVE, true)
                                    .with(CKA_EXTRACTABLE, false)
                                    .with(CKA_MODIFIABLE, false)
                                    .with(CKA_COPYABLE, false)
                                    .with(CKA_WRAP, true)
                                    .with(CKA_UNWRAP, true)
                                    .with(CKA_ENCRYPT, false)
                                    .with(CKA_DECRYPT, false)
                                    .with(
                                            CKA_UNWRAP_TEMPLATE,
                                            Template.empty()
                                                    .with(CKA_PRIVATE, true)
                                                    .with(CKA_EXTRACTABLE, false)
                                                    .with(CKA_SENSITIVE, true)));
            session.logout();
        }
    }
}
