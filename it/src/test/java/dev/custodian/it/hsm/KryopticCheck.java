package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.Program;
import dev.custodian.server.vault.Finding.Outcome;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.User;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kryoptic lets every user make a trusted key, which gets him nothing: the vault knows its own.
class KryopticCheck extends HsmCheckContract {
    KryopticCheck() {
        super("Kryoptic 1.5.4");
    }

    @Test
    void wrapsAndNothingIsStolen(@TempDir Path folder) throws Exception {
        var hsm = Hsm.kryoptic(folder);
        assertThat(setUp(hsm)).isEmpty();
        var report = check(hsm);
        assertThat(stolen(report)).isEmpty();
        assertThat(report.residentOnly()).isEmpty();
        assertThat(report.thefts()).allMatch(one -> one.outcome() == Outcome.REFUSED);
        assertThat(report.skills()).allMatch(one -> one.outcome() == Outcome.WORKS);
    }

    /// The limit of that: under a trusted key of his own a user can wrap out what is extractable,
    /// and a new key is until it was wrapped. It is an object of the session that made it, which no
    /// other process sees.
    @Test
    void keyThatIsBeingMadeIsSeenByItsOwnProcessAlone(@TempDir Path folder) throws Exception {
        var hsm = Hsm.kryoptic(folder);
        try (var module = hsm.load();
                var session = module.token(hsm.label()).open();
                var pin = hsm.userPin()) {
            session.login(User.USER, pin);
            long trusted =
                    session.generateKey(
                            Mechanism.of(CKM_AES_KEY_GEN), Keys.wrapping().with(CKA_TRUSTED, true));
            var key =
                    Keys.ec(
                                    session,
                                    Keys.extractable()
                                            .with(CKA_WRAP_WITH_TRUSTED, true)
                                            .with(CKA_LABEL, "being made"))
                            .privateKey();
            assertThat(session.wrap(Mechanism.of(CKM_AES_KEY_WRAP_KWP), trusted, key)).isNotEmpty();
            long _ = Keys.ec(session, Keys.resident().with(CKA_LABEL, "resident")).privateKey();
            var named = Template.empty().with(CKA_LABEL, "being made");
            assertThat(session.find(named, 1)).hasSize(1);
            var seen =
                    Program.run(
                                    Program.HOME,
                                    hsm.environment(),
                                    List.of(
                                            "pkcs11-tool",
                                            "--module",
                                            hsm.library().toString(),
                                            "--token-label",
                                            hsm.label(),
                                            "--login",
                                            "--pin",
                                            hsm.pin(),
                                            "--list-objects"))
                            .orFail();
            assertThat(seen.out()).contains("resident").doesNotContain("being made");
        }
    }
}
