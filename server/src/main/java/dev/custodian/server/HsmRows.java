package dev.custodian.server;

import dev.custodian.core.Refused;
import dev.custodian.server.config.Config;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.Pkcs11Vault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// What the database says of keys that the HSM vault made.
final class HsmRows {
    private HsmRows() {}

    private interface Visitor {
        void see(CredentialRow row);
    }

    private static void each(Config settings, Visitor visitor) throws Refused {
        try (var store = SqliteStore.open(settings.database());
                var reader = store.read()) {
            for (var owner : reader.owners()) {
                for (var one : reader.credentials(owner.id())) {
                    if (one.vault().equals(Pkcs11Vault.ID)) {
                        visitor.see(one);
                    }
                }
            }
        }
    }

    /// Credentials whose keys live in the token and nowhere else.
    static List<CredentialRow> residents(Config settings) throws Refused {
        return all(settings, row -> row.mechanism().equals(Pkcs11Vault.RESIDENT));
    }

    static List<CredentialRow> all(Config settings, Predicate<CredentialRow> wanted)
            throws Refused {
        var rows = new ArrayList<CredentialRow>();
        each(
                settings,
                row -> {
                    if (wanted.test(row)) {
                        rows.add(row);
                    }
                });
        return rows;
    }

    /// How many credentials' keys are wrapped under a key, by its CKA_ID in hexadecimal.
    static Map<String, Integer> held(Config settings) throws Refused {
        var held = new LinkedHashMap<String, Integer>();
        each(settings, row -> held.merge(row.keyId(), 1, Integer::sum));
        return held;
    }

    /// For programs.
    static List<Map<String, Object>> objects(List<CredentialRow> rows) {
        var objects = new ArrayList<Map<String, Object>>();
        for (var one : rows) {
            var object = new LinkedHashMap<String, Object>();
            object.put("credential", one.id().text());
            object.put("owner", one.owner().text());
            object.put("custody", one.custody().text());
            objects.add(object);
        }
        return objects;
    }

    /// For people: a sentence, and a line for each.
    static String text(List<CredentialRow> rows, String none, String some) {
        if (rows.isEmpty()) {
            return none;
        }
        var text = new StringBuilder(some);
        for (var one : rows) {
            text.append("\n  %s  %s  %s".formatted(one.id(), one.owner(), one.custody().text()));
        }
        return text.toString();
    }
}
