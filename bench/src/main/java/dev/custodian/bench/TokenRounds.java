package dev.custodian.bench;

import dev.custodian.core.Custody;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.server.vault.MeasuredVault.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The HSM vault over SoftHSM: the same operations by a loop in C, by our binding, by SunPKCS11 and
/// by the whole server, one after the other, round by round; of each ratio the median of all rounds
/// counts.
final class TokenRounds {
    private static final int ROUNDS = 5;
    private static final int TURNS = 5;

    /// CPU seconds that one measurement is to take.
    private static final double TARGET = 0.6;

    private static final int WARM_CALLS = 12_000;
    private static final int WARM_EC = 4_000;
    private static final int WARM_RSA = 200;
    private static final int TRIAL = 30;
    private static final double BINDING_AIM = 0.97;
    private static final double SERVER_AIM = 0.85;

    private final TokenLoops loops;
    private final Meter resident;
    private final Meter wrapped;
    private final Map<Object, Double> cost = new HashMap<>();
    private final Map<Operation, List<Double>> cMicros = new HashMap<>();
    private final Map<Operation, List<Double>> bindingMicros = new HashMap<>();
    private final Map<Operation, List<Double>> bindingOfC = new HashMap<>();
    private final Map<KeyAlgorithm, List<Double>> sunMicros = new HashMap<>();
    private final Map<KeyAlgorithm, List<Double>> sunOfC = new HashMap<>();
    private final Map<Asked, List<Double>> serverMicros = new HashMap<>();
    private final Map<Asked, List<Double>> serverOfC = new HashMap<>();

    /// One way to ask the server.
    private record Asked(Cell cell, boolean wrapped) {
        /// What the server does of it in the token.
        Operation operation() {
            return new Operation(cell.key(), wrapped, true, cell.digests());
        }
    }

    private TokenRounds(TokenLoops loops, Meter resident, Meter wrapped) {
        this.loops = loops;
        this.resident = resident;
        this.wrapped = wrapped;
    }

    static void measure(Path folder, Report report) throws Exception {
        var estate = Estate.makeOnHsm(folder.resolve("token"));
        var keys = Set.copyOf(Operation.KEYS);
        try (var server =
                ServerProcess.start(estate.config(), estate.folder().resolve("server.log"))) {
            var certificate = estate.certificate();
            var managed =
                    new Device(
                            estate.enrol(
                                    "managed",
                                    server.url(),
                                    Purpose.DOCUMENT,
                                    Custody.MANAGED,
                                    keys),
                            certificate);
            var sealed =
                    new Device(
                            estate.enrol(
                                    "sealed",
                                    server.url(),
                                    Purpose.DOCUMENT,
                                    Custody.OWNER_SEALED,
                                    keys),
                            certificate);
            try (var loops = TokenLoops.start(estate.config(), estate.folder().resolve("loops"));
                    var load = new Load(managed, Cell.CALLERS)) {
                var rounds =
                        new TokenRounds(
                                loops,
                                new Meter(server, managed, load),
                                new Meter(server, sealed, load));
                rounds.warmUp();
                for (int round = 0; round < ROUNDS; round++) {
                    rounds.run();
                }
                rounds.report(report);
            }
        }
    }

    private static List<Asked> asked() {
        var asked = new ArrayList<Asked>();
        for (var key : Operation.KEYS) {
            for (boolean wrapped : List.of(false, true)) {
                for (boolean proof : List.of(false, true)) {
                    for (int digests : List.of(1, 10)) {
                        asked.add(
                                new Asked(new Cell(key, Work.UNSEALING, proof, digests), wrapped));
                    }
                }
            }
        }
        return asked;
    }

    private Meter meter(Asked asked) {
        return asked.wrapped() ? wrapped : resident;
    }

    private void warmUp() throws Exception {
        resident.warmUp(WARM_CALLS);
        for (var use : Operation.all()) {
            boolean rsa = use.key().family() == KeyAlgorithm.Family.RSA;
            cost.put(use, loops.binding(use, rsa ? WARM_RSA : WARM_EC));
        }
        for (var key : Operation.KEYS) {
            boolean rsa = key.family() == KeyAlgorithm.Family.RSA;
            cost.put(key, loops.sun(key, rsa ? WARM_RSA : WARM_EC));
        }
        for (var one : asked()) {
            cost.put(one, meter(one).run(one.cell(), TRIAL));
        }
    }

    private int count(Object what) {
        return (int) Math.max(TRIAL, TARGET / cost.getOrDefault(what, TARGET));
    }

    private void run() throws Exception {
        var c = new HashMap<Operation, Double>();
        for (var use : Operation.all()) {
            // in turn: the machine may become slower meanwhile
            int count = Math.max(1, count(use) / TURNS);
            double took = 0;
            double binding = 0;
            for (int turn = 0; turn < TURNS; turn++) {
                took += loops.c(use, count) / TURNS;
                binding += loops.binding(use, count) / TURNS;
            }
            c.put(use, took);
            add(cMicros, use, took);
            add(bindingMicros, use, binding);
            bindingOfC.computeIfAbsent(use, _ -> new ArrayList<>()).add(took / binding);
            if (!use.wrapped() && !use.verified()) {
                double sun = loops.sun(use.key(), count(use.key()));
                add(sunMicros, use.key(), sun);
                sunOfC.computeIfAbsent(use.key(), _ -> new ArrayList<>()).add(took / sun);
            }
        }
        for (var one : asked()) {
            var use = one.operation();
            var inC = c.get(use);
            if (inC == null) {
                inC = loops.c(use, Math.max(1, count(one)));
                c.put(use, inC);
            }
            double took = meter(one).run(one.cell(), calls(one));
            cost.put(one, took);
            add(serverMicros, one, took / one.cell().digests());
            serverOfC.computeIfAbsent(one, _ -> new ArrayList<>()).add(inC / took);
        }
    }

    private int calls(Asked one) {
        return Meter.calls(one.cell(), TARGET, cost.getOrDefault(one, TARGET));
    }

    private static <K> void add(Map<K, List<Double>> lists, K key, double seconds) {
        lists.computeIfAbsent(key, _ -> new ArrayList<>()).add(1e6 * seconds);
    }

    private static <K> double median(Map<K, List<Double>> lists, K key) {
        return Figures.median(lists.getOrDefault(key, List.of()));
    }

    private void report(Report report) throws IOException {
        report.line(
                "The HSM vault over SoftHSM, a program: CPU of each use with one digest, without JIT"
                        + " compilers, and its share of the rate of the loop in C;");
        report.line("median of %d rounds, in each of which all contestants ran.".formatted(ROUNDS));
        report.line(
                "verified: each signature is checked with the public key; by OpenSSL in C, as the"
                        + " vault does elsewhere");
        report.line(
                "SunPKCS11 lists only keys with certificates, and cannot unwrap by what SoftHSM"
                        + " has: resident only");
        report.line("");
        report.line(
                "%-9s %-9s %-9s %8s %11s %6s %11s %6s"
                        .formatted(
                                "key",
                                "mode",
                                "check",
                                "C us",
                                "binding us",
                                "of C",
                                "SunPKCS11",
                                "of C"));
        for (var use : Operation.all()) {
            boolean sun = !use.wrapped() && !use.verified();
            report.line(
                    "%-9s %-9s %-9s %8.0f %11.0f %6.2f %11s %6s"
                            .formatted(
                                    use.key().display(),
                                    use.mode(),
                                    use.check(),
                                    median(cMicros, use),
                                    median(bindingMicros, use),
                                    median(bindingOfC, use),
                                    sun ? "%.0f".formatted(median(sunMicros, use.key())) : "",
                                    sun ? "%.2f".formatted(median(sunOfC, use.key())) : ""));
        }
        report.line("");
        report.line(
                "The whole server, %d callers, against the same uses in C, verified:"
                        .formatted(Cell.CALLERS));
        report.line("resident keys are managed, wrapped ones owner-sealed");
        report.line("");
        report.line(
                "%-9s %-9s %-6s %8s %10s %6s"
                        .formatted("key", "mode", "proof", "digests", "us/digest", "of C"));
        for (var one : asked()) {
            report.line(
                    "%-9s %-9s %-6s %8d %10.0f %6.2f"
                            .formatted(
                                    one.cell().key().display(),
                                    Operation.mode(one.wrapped()),
                                    one.cell().proof() ? "yes" : "no",
                                    one.cell().digests(),
                                    median(serverMicros, one),
                                    median(serverOfC, one)));
        }
        report.line("");
        for (var use : Operation.all()) {
            aim(report, "binding, " + said(use), median(bindingOfC, use), BINDING_AIM);
        }
        for (var one : asked()) {
            if (one.cell().key() == KeyAlgorithm.RSA_2048) {
                aim(
                        report,
                        "server, %s, %s, %d a call"
                                .formatted(
                                        said(one.operation()),
                                        one.cell().proof() ? "proof" : "no proof",
                                        one.cell().digests()),
                        median(serverOfC, one),
                        SERVER_AIM);
            }
        }
        report.line("");
    }

    private static String said(Operation use) {
        return "%s, %s, %s".formatted(use.key().display(), use.mode(), use.check());
    }

    private static void aim(Report report, String what, double share, double aim)
            throws IOException {
        report.line(
                "%s: %.2f of C; aim %.2f: %s"
                        .formatted(what, share, aim, Report.met(share >= aim)));
    }
}
