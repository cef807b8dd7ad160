package dev.custodian.bench;

import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.server.Parts;
import dev.custodian.server.Server;
import dev.custodian.server.activation.ActivationModule;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import dev.custodian.server.credential.Credentials;
import dev.custodian.server.csc.CscRoutes;
import dev.custodian.server.csc.Service;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Handler;
import dev.custodian.server.http.Route;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.owner.Devices;
import dev.custodian.server.signing.SignHashes;
import dev.custodian.server.store.FolderLock;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.store.Store;
import dev.custodian.server.trust.DeviceTrust;
import dev.custodian.server.vault.MeasuredVault;
import dev.custodian.server.vault.Vaults;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import jdk.jfr.Recording;

/// The product's server, wired as its own `Main` wires it, with a vault that is told how much of
/// its work to do, and a `signHash` that believes who says who it is.
///
/// Argument: configuration. Prints its URL when it serves. Takes lines on stdin, and answers each
/// with one: `work WORK`, `loop KEY COUNT` (p50 and p99 of bare signatures, in ns; the embedded
/// vault alone), `read COUNT CROWD` (rows of a [Crowd], any of them), `profile start` and `profile
/// FILE`. The end of stdin ends the server.
public final class MeasuredServer {
    /// A request with this header, owner and device, needs no token and no proof.
    static final String CALLER = "X-Bench-Caller";

    static final String SIGN_HASH = "signatures/signHash";

    private static final String NODE = "bench";

    private final MeasuredVault vault;
    private final Store store;
    private Recording recording = new Recording();

    private MeasuredServer(MeasuredVault vault, Store store) {
        this.vault = vault;
        this.store = store;
    }

    public static void main(String[] args) throws Exception {
        var config = Config.read(Path.of(args[0]));
        var keys = KeyFiles.read(config);
        var random = new SecureRandom();
        var clock = Clock.systemUTC();
        try (var _ = FolderLock.take(config.folder());
                var vault = new MeasuredVault(Vaults.open(config, random), random);
                var store = SqliteStore.open(config.database());
                // Serves the requests without proof. Two never run at the same time.
                var journal =
                        new Journal(
                                store,
                                clock,
                                random,
                                keys.checkpointKey(),
                                vault::sign,
                                vault.parallel(),
                                NODE)) {
            journal.start();
            var parts = new Parts(store, vault, clock, random, route -> route);
            var unproved = unproved(parts, keys, journal);
            try (var server =
                            Server.start(
                                    config,
                                    keys,
                                    new Parts(
                                            store,
                                            vault,
                                            clock,
                                            random,
                                            route -> either(route, unproved)));
                    var commands =
                            new BufferedReader(
                                    new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                System.out.println(server.url());
                var measured = new MeasuredServer(vault, store);
                for (var line = commands.readLine(); line != null; line = commands.readLine()) {
                    System.out.println(measured.obey(line.split(" ", -1)));
                }
            }
        }
    }

    /// The product's handler without the check of token and proof around it.
    private static Handler unproved(Parts parts, KeyFiles keys, Journal journal) {
        var store = parts.store();
        var clock = parts.clock();
        return CscRoutes.of(
                        new Service("bench", "EU", ""),
                        () -> URI.create("https://localhost"),
                        handler -> call -> handler.handle(call, caller(call)),
                        new Credentials(store),
                        new Devices(store),
                        ActivationModule.of(
                                store,
                                journal,
                                parts.vault(),
                                keys.thumbprint(),
                                Duration.ZERO,
                                DeviceTrust.none(clock),
                                clock,
                                parts.random()),
                        new SignHashes(store, journal, clock),
                        journal,
                        () -> "",
                        clock)
                .stream()
                .filter(route -> route.path().endsWith(SIGN_HASH))
                .findFirst()
                .orElseThrow()
                .handler();
    }

    private static DeviceCaller caller(Call call) throws Exception {
        var words = call.header(CALLER).orElseThrow().split(" ", 2);
        try {
            return new DeviceCaller(
                    Id.parse(Id.Kind.OWNER, words[0]), Id.parse(Id.Kind.DEVICE, words[1]));
        } catch (MalformedException e) {
            throw new IllegalArgumentException("no caller", e);
        }
    }

    private static Route either(Route route, Handler unproved) {
        if (!route.path().endsWith(SIGN_HASH)) {
            return route;
        }
        var proved = route.handler();
        return route.withHandler(
                call ->
                        call.header(CALLER).isPresent()
                                ? unproved.handle(call)
                                : proved.handle(call));
    }

    private String obey(String[] words) throws Exception {
        switch (words[0]) {
            case "work" -> vault.work(MeasuredVault.Work.valueOf(words[1]));
            case "loop" -> {
                var took = vault.loop(KeyAlgorithm.valueOf(words[1]), Integer.parseInt(words[2]));
                return Figures.percentile(took, 50) + " " + Figures.percentile(took, 99);
            }
            case "read" -> Crowd.read(store, Integer.parseInt(words[1]), Long.parseLong(words[2]));
            case "profile" -> profile(words[1]);
            default -> throw new IllegalArgumentException("no such command: " + words[0]);
        }
        return "done";
    }

    private void profile(String what) throws Exception {
        if (what.equals("start")) {
            recording = new Recording();
            recording.enable(Profile.EVENT).with("throttle", "5ms");
            recording.start();
        } else {
            recording.stop();
            recording.dump(Path.of(what));
            recording.close();
        }
    }
}
