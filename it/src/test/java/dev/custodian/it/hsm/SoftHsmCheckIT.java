package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.config.WrappingMechanism;
import dev.custodian.server.vault.Finding.Outcome;
import dev.custodian.server.vault.HsmCheck;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.TokenSession;
import dev.custodian.server.vault.pkcs11.User;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// SoftHSM withstands the thief, if its wrapping key is made as it has to be.
class SoftHsmCheckIT extends HsmCheckContract {
    SoftHsmCheckIT() {
        super("SoftHSM 2.6.1");
    }

    @Test
    void wrapsAndNothingIsStolen(@TempDir Path folder) throws Exception {
        var hsm = Hsm.softHsm(folder);
        assertThat(setUp(hsm)).isEmpty();
        var report = check(hsm);
        assertThat(report.isStolen()).isFalse();
        assertThat(report.residentOnly()).isEmpty();
        assertThat(report.thefts()).allMatch(one -> one.outcome() == Outcome.REFUSED);
        assertThat(report.skills()).allMatch(one -> one.outcome() == Outcome.WORKS);
    }

    /// The one that it has means other octets in another module: nobody falls back to it.
    @Test
    void mechanismThatTheModuleLacksIsNotReplacedByTheOneThatItHas(@TempDir Path folder)
            throws Exception {
        var hsm = Hsm.softHsm(folder);
        hsm.load().close();
        var chosen = config(hsm);
        var standard =
                new HsmConfig(
                        chosen.module(),
                        chosen.token(),
                        chosen.pin(),
                        WrappingMechanism.AES_KEY_WRAP_KWP,
                        chosen.wrappingKey(),
                        chosen.sessions(),
                        chosen.waitSeconds(),
                        chosen.answerSeconds(),
                        chosen.residentKeys(),
                        chosen.reserved());
        try (var user = hsm.userPin();
                var officer = hsm.officer()) {
            assertThatThrownBy(() -> HsmSetup.make(standard, user, officer, new SecureRandom()))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("It has AES_KEY_WRAP_PAD, which has to be chosen.");
        }
        assertThat(standard.wrappingKey()).doesNotExist();
        assertThat(setUp(hsm)).isEmpty();
    }

    /// The thief is a good one: of a wrapping key without the template he takes everything.
    @Test
    void keyWithoutATemplateIsRobbed(@TempDir Path folder) throws Exception {
        var hsm = Hsm.softHsm(folder);
        try (var module = hsm.load();
                var session = module.token(hsm.label()).open();
                var officer = hsm.officer()) {
            session.login(User.OFFICER, officer);
            long _ =
                    session.generateKey(
                            Mechanism.of(CKM_AES_KEY_GEN),
                            Template.empty()
                                    .with(CKA_CLASS, CKO_SECRET_KEY)
                                    .with(CKA_KEY_TYPE, CKK_AES)
                                    .with(CKA_VALUE_LEN, 32)
                                    .with(CKA_TOKEN, true)
                                    .with(CKA_LABEL, "custodian wrapping key")
                                    .with(CKA_ID, new byte[] {1})
                                    .with(CKA_PRIVATE, false)
                                    .with(CKA_TRUSTED, true)
                                    .with(CKA_SENSITIVE, true)
                                    .with(CKA_EXTRACTABLE, false)
                                    .with(CKA_DECRYPT, true)
                                    .with(CKA_ENCRYPT, true)
                                    .with(CKA_WRAP, true)
                                    .with(CKA_UNWRAP, true));
            session.logout();
            takeDown(hsm, session);
        }
        HsmCheck.Report report;
        try (var user = hsm.userPin()) {
            report = HsmCheck.run(config(hsm), user);
        }
        assertThat(stolen(report))
                .contains(
                        "with the PIN: take a blob in as extractable",
                        "with the PIN: take a blob in as readable",
                        "with the PIN: take a blob in as a secret that is read",
                        "with the PIN: decrypt a blob by the wrapping key",
                        "with the PIN: encrypt by the wrapping key",
                        "with the PIN: copy the wrapping key",
                        "with the PIN: edit the wrapping key",
                        "without the PIN: take a blob in and sign");
        assertThat(report.residentOnly())
                .isEqualTo("with the PIN: take a blob in as extractable: it came back extractable");
    }

    /// What `hsm init` would have written of such a key: as `KnownKey` says.
    private static void takeDown(Hsm hsm, TokenSession session) throws Exception {
        try (var pin = hsm.userPin()) {
            session.login(User.USER, pin);
        }
        var named = Template.empty().with(CKA_LABEL, "custodian wrapping key");
        long wrapping = session.find(named, 1).getFirst();
        long secret =
                session.generateKey(
                        Mechanism.of(CKM_GENERIC_SECRET_KEY_GEN),
                        Template.empty()
                                .with(CKA_CLASS, CKO_SECRET_KEY)
                                .with(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
                                .with(CKA_VALUE_LEN, 32)
                                .with(CKA_TOKEN, false)
                                .with(CKA_EXTRACTABLE, true)
                                .with(CKA_SIGN, true));
        var answer =
                session.sign(
                        Mechanism.of(CKM_SHA256_HMAC),
                        secret,
                        "custodian/vault/wrapping-key/1".getBytes(StandardCharsets.UTF_8));
        var wrapped = session.wrap(Mechanism.of(hsm.wrapping()), wrapping, secret);
        new KnownKey(
                        "01",
                        WrappingMechanism.AES_KEY_WRAP_PAD,
                        Bytes.of(wrapped),
                        Bytes.of(answer),
                        "")
                .create(config(hsm).wrappingKey());
        session.logout();
    }
}
