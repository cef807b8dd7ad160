package dev.custodian.server;

import dev.custodian.server.credential.Registrar;
import dev.custodian.server.http.Route;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.Store;
import dev.custodian.server.vault.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.UnaryOperator;

/// What a server stands on. Whoever starts one closes these after it.
///
/// @param routes is applied to every route before it is served: the place for what concerns all
public record Parts(
        Store store, Vault vault, Clock clock, SecureRandom random, UnaryOperator<Route> routes) {
    /// Makes credentials, which this journal records.
    Registrar registrar(Journal journal) {
        return new Registrar(store, journal, vault, clock, random);
    }
}
