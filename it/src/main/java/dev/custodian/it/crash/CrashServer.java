package dev.custodian.it.crash;

import dev.custodian.core.Refused;
import dev.custodian.server.Parts;
import dev.custodian.server.Server;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import dev.custodian.server.http.Route;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.FolderLock;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.store.Store;
import dev.custodian.server.vault.EmbeddedVault;
import dev.custodian.server.vault.MasterKey;
import dev.custodian.server.vault.Passphrase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// The product's server, wired as its own `Main` wires it, with a store, a vault, a clock and
/// routes that fail when told to.
///
/// Arguments: configuration, folder for the logs, then any of `kill=POINT:PASSAGE`, `delay=MILLIS`
/// at most at each point, `fail=PERCENT` of the vault's calls, `mutant=NAME`. Prints its URL when
/// it serves. Takes lines on stdin, and repeats each when it is done: `clock DURATION` puts the
/// clock so far off the system's, `export FILE` writes the journal. The end of stdin ends the
/// server.
public final class CrashServer {
    /// Gets every signature made.
    static final String MADE = "made.log";

    /// Gets every passage of a point, and every death at one.
    static final String POINTS = "points.log";

    private CrashServer() {}

    public static void main(String[] args) throws Exception {
        var config = Config.read(Path.of(args[0]));
        var logs = Path.of(args[1]);
        var options = options(args);
        var points = points(options, new LineLog(logs.resolve(POINTS)));
        var random = new SecureRandom();
        var clock = new SteppedClock();
        var keys = KeyFiles.read(config);
        try (var _ = FolderLock.take(config.folder());
                var vault =
                        new EmbeddedVault(
                                MasterKey.read(config.master(), Passphrase.of(config)), random);
                var store = SqliteStore.open(config.database());
                var server =
                        Server.start(
                                config,
                                keys,
                                new Parts(
                                        new FailingStore(
                                                store,
                                                points,
                                                Mutant.of(options.getOrDefault("mutant", "none"))),
                                        new FailingVault(
                                                vault,
                                                points,
                                                new LineLog(logs.resolve(MADE)),
                                                number(options, "fail")),
                                        clock,
                                        random,
                                        route -> dyingBeforeAnswer(route, points)));
                var commands =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(server.url());
            points.arm();
            for (var line = commands.readLine(); line != null; line = commands.readLine()) {
                obey(line, clock, store, keys);
                System.out.println(line);
            }
        }
    }

    private static Map<String, String> options(String[] args) {
        var options = new HashMap<String, String>();
        for (int i = 2; i < args.length; i++) {
            var halves = args[i].split("=", 2);
            options.put(halves[0], halves[1]);
        }
        return options;
    }

    private static int number(Map<String, String> options, String name) {
        return Integer.parseInt(options.getOrDefault(name, "0"));
    }

    private static Failpoints points(Map<String, String> options, LineLog log) {
        int delay = number(options, "delay");
        var kill = options.get("kill");
        if (kill == null) {
            return new Failpoints(null, 0, delay, log);
        }
        var halves = kill.split(":", 2);
        return new Failpoints(Point.of(halves[0]), Integer.parseInt(halves[1]), delay, log);
    }

    private static Route dyingBeforeAnswer(Route route, Failpoints points) {
        if (!route.path().endsWith("/signHash")) {
            return route;
        }
        var handler = route.handler();
        return route.withHandler(
                call -> {
                    var reply = handler.handle(call);
                    if (reply.status() == 200) {
                        points.pass(Point.BEFORE_ANSWER);
                    }
                    return reply;
                });
    }

    private static void obey(String line, SteppedClock clock, Store store, KeyFiles keys)
            throws Refused, IOException {
        var words = line.split(" ", 2);
        switch (words[0]) {
            case "clock" -> clock.step(Duration.parse(words[1]));
            case "export" -> export(store, keys, Path.of(words[1]));
            default -> throw new IllegalArgumentException("no such command: " + line);
        }
    }

    /// Writes the journal of a store, whoever serves it.
    static void export(Store store, KeyFiles keys, Path file) throws Refused, IOException {
        // never started: it only reads
        try (var out = Files.newOutputStream(file)) {
            new Journal(
                            store,
                            Clock.systemUTC(),
                            new SecureRandom(),
                            keys.checkpointKey(),
                            _ -> {
                                throw new IllegalStateException("only reads");
                            },
                            1,
                            "export")
                    .export(out);
        }
    }
}
