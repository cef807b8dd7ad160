package dev.custodian.it;

import dev.custodian.server.Parts;
import dev.custodian.server.Server;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import dev.custodian.server.http.Route;
import dev.custodian.server.store.FolderLock;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.EmbeddedVault;
import dev.custodian.server.vault.MasterKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;

/// The product's server, wired as its own `Main` wires it, with two differences: the decrypted body
/// of every request is appended to a file, and time can be put forward. Nothing in the shipped
/// modules knows of it.
///
/// Arguments: configuration, file for the bodies. Prints its URL when it serves. Each line on stdin
/// is a duration such as `PT31S`, by which the clock goes forward, and is repeated on stdout when
/// it has; the end of stdin ends the server.
public final class ObservedServer {
    private ObservedServer() {}

    public static void main(String[] args) throws Exception {
        var config = Config.read(Path.of(args[0]));
        var bodies = Path.of(args[1]);
        var random = new SecureRandom();
        var clock = new MovableClock();
        try (var _ = FolderLock.take(config.folder());
                var vault = new EmbeddedVault(MasterKey.read(config.master()), random);
                var store = SqliteStore.open(config.database());
                var server =
                        Server.start(
                                config,
                                KeyFiles.read(config),
                                new Parts(
                                        store,
                                        vault,
                                        clock,
                                        random,
                                        route -> keepingBodies(route, bodies)));
                var commands =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(server.url());
            for (var line = commands.readLine(); line != null; line = commands.readLine()) {
                clock.forward(Duration.parse(line));
                System.out.println(line);
            }
        }
    }

    private static Route keepingBodies(Route route, Path file) {
        var handler = route.handler();
        return route.withHandler(
                call -> {
                    keep(call.body().toArray(), file);
                    return handler.handle(call);
                });
    }

    private static synchronized void keep(byte[] body, Path file) {
        try {
            Files.write(file, body, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
