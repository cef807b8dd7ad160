package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.CKA_TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.vault.Finding;
import dev.custodian.server.vault.Finding.Outcome;
import dev.custodian.server.vault.HsmCheck;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.User;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// `hsm check` on a module of others: the thief of the vault, who has the user's PIN.
abstract class HsmCheckContract {
    /// Its name in the table.
    private final String name;

    HsmCheckContract(String name) {
        this.name = name;
    }

    /// Sets the token up.
    ///
    /// @return why keys can only be resident
    static String setUp(Hsm hsm) throws Exception {
        hsm.load().close();
        try (var user = hsm.userPin();
                var officer = hsm.officer()) {
            return HsmSetup.make(config(hsm), user, officer, new SecureRandom());
        }
    }

    static HsmConfig config(Hsm hsm) {
        return hsm.config(hsm.label(), 1_000);
    }

    /// Checks, holds the module's column of the table against it, and that nothing is left behind.
    HsmCheck.Report check(Hsm hsm) throws Exception {
        int before = objects(hsm);
        HsmCheck.Report report;
        try (var user = hsm.userPin()) {
            report = HsmCheck.run(config(hsm), user);
        }
        assertThat(objects(hsm)).isEqualTo(before);
        var findings = new ArrayList<>(report.skills());
        findings.addAll(report.thefts());
        findings.removeIf(one -> one.tried().equals("wrap keys"));
        HsmTable.require(name, findings);
        return report;
    }

    private static int objects(Hsm hsm) throws Exception {
        try (var module = hsm.load();
                var session = module.token(hsm.label()).open();
                var pin = hsm.userPin()) {
            session.login(User.USER, pin);
            return session.find(Template.empty().with(CKA_TOKEN, true), 1000).size();
        }
    }

    static List<String> stolen(HsmCheck.Report report) {
        return report.thefts().stream()
                .filter(one -> one.outcome() == Outcome.STOLEN)
                .map(Finding::tried)
                .toList();
    }
}
