package dev.custodian.it;

import dev.custodian.server.Parts;
import dev.custodian.server.Server;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import dev.custodian.server.http.Route;
import dev.custodian.server.store.FolderLock;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.Vaults;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// The product's server, wired as its own `Main` wires it, but for clock and routes.
final class WiredServer {
    private WiredServer() {}

    /// Serves until the end of stdin, and prints its URL when it does. Each line on stdin is
    /// obeyed, and then repeated on `out`.
    static void serve(
            Path configuration,
            Clock clock,
            UnaryOperator<Route> routes,
            Consumer<String> obey,
            PrintStream out)
            throws Exception {
        var config = Config.read(configuration);
        var random = new SecureRandom();
        try (var _ = FolderLock.take(config.folder());
                var vault = Vaults.open(config, random);
                var store = SqliteStore.open(config.database());
                var server =
                        Server.start(
                                config,
                                KeyFiles.read(config),
                                new Parts(store, vault, clock, random, routes));
                var commands =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            out.println(server.url());
            for (var line = commands.readLine(); line != null; line = commands.readLine()) {
                obey.accept(line);
                out.println(line);
            }
        }
    }
}
