package dev.custodian.bench;

import dev.custodian.client.Consent;
import dev.custodian.client.Consents;
import dev.custodian.client.Credential;
import dev.custodian.client.Credentials;
import dev.custodian.client.DeviceSession;
import dev.custodian.client.FactorSource;
import dev.custodian.client.Journal;
import dev.custodian.client.Pin;
import dev.custodian.client.Signing;
import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.device.Shares;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What a program waits for that signs through PKCS#11: by p11-kit, the agent and the server;
/// beside it the same requests sent directly by the client's library, and SoftHSM by p11-kit's own
/// server and without it.
final class Remoting implements AutoCloseable {
    private static final Set<KeyAlgorithm> KEYS = Set.of(KeyAlgorithm.P256, KeyAlgorithm.RSA_2048);
    private static final int WARM = 200;
    private static final int ROUNDS = 5;
    private static final int SIGNATURES = 40;
    private static final String BY_AGENT = "p11-kit, agent, server";

    private final SecureRandom random = new SecureRandom();
    private final ServerProcess server;
    private final Estate.Enrolled owner;
    private final DeviceSession session;
    private final AgentProgram agent;
    private final SoftHsm token;
    private final Pkcs11Program byAgent;
    private final Pkcs11Program byPeer;
    private final Pkcs11Program alone;
    private final Map<KeyAlgorithm, Credential> credentials = new LinkedHashMap<>();
    private final Map<KeyAlgorithm, Consent> consents = new LinkedHashMap<>();

    /// Signs so often, and says how long each took, in ns.
    @FunctionalInterface
    private interface Contestant {
        long[] sign(KeyAlgorithm key, int count) throws Exception;
    }

    private Remoting(Estate estate, ServerProcess server) throws Exception {
        this.server = server;
        var folder = estate.folder();
        owner = estate.enrol("direct", server.url(), Purpose.LOGIN, KEYS);
        session = DeviceSession.open(owner.memory(), owner.signer(), Clock.systemUTC(), random);
        var other = estate.enrol("agent", server.url(), Purpose.LOGIN, KEYS);
        agent = AgentProgram.start(other.folder(), folder.resolve("run"));
        token = SoftHsm.start(Files.createDirectories(folder.resolve("softhsm")), KEYS);
        var client = client();
        byAgent = p11(folder, "Agent", client, "P11_KIT_SERVER_ADDRESS", agent.address(), "");
        byPeer =
                p11(folder, "Peer", client, "P11_KIT_SERVER_ADDRESS", token.address(), SoftHsm.PIN);
        alone =
                p11(
                        folder,
                        "Alone",
                        SoftHsm.MODULE,
                        SoftHsm.CONFIG,
                        token.config().toString(),
                        SoftHsm.PIN);
        for (var key : KEYS) {
            agent.allow(id(other, key), byAgent.pid(), Matter.MOST);
            var credential = new Credentials(session).info(id(owner, key));
            credentials.put(key, credential);
            consents.put(key, consent(credential));
        }
    }

    private static Pkcs11Program p11(
            Path folder, String name, Path module, String variable, String value, String pin)
            throws IOException {
        return Pkcs11Program.start(folder, name, module, variable, value, pin);
    }

    private static Id id(Estate.Enrolled owner, KeyAlgorithm key) {
        var id = owner.credentials().get(key);
        if (id == null) {
            throw new IllegalStateException("no credential of " + key.display());
        }
        return id;
    }

    /// Where Debian's p11-kit-modules puts p11-kit's client.
    private static Path client() throws IOException {
        try (var folders = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu*")) {
            for (var folder : folders) {
                var module = folder.resolve("pkcs11/p11-kit-client.so");
                if (Files.exists(module)) {
                    return module;
                }
            }
        }
        throw new IOException("no p11-kit-client.so: install p11-kit-modules");
    }

    private Consent consent(Credential credential) throws Exception {
        return new Consents(session, new Journal(session), random)
                .grant(
                        new Consents.Request(
                                credential,
                                Matter.MOST,
                                session.now().plus(Duration.ofHours(1)),
                                "process:1:1",
                                List.of(shown())),
                        _ ->
                                new FactorSource.Given(
                                        Pin.of(Estate.PIN.toCharArray()),
                                        Shares.in(owner.folder(), random).load(Estate.DEVICE)));
    }

    private static Shown shown() {
        return new Shown("program", "bench", Shown.Source.REPORTED);
    }

    private long[] directly(KeyAlgorithm key, int count) throws Exception {
        var credential = credentials.get(key);
        var consent = consents.get(key);
        if (credential == null || consent == null) {
            throw new IllegalStateException("no consent for " + key.display());
        }
        var took = new long[count];
        for (int i = 0; i < count; i++) {
            var digest = new byte[HashAlgorithm.SHA256.length()];
            random.nextBytes(digest);
            var request =
                    new Signing.Request(
                            credential,
                            SignatureScheme.of(Scheme.plain(key.family(), HashAlgorithm.SHA256)),
                            List.of(new Matter.Digest(Bytes.of(digest), "")),
                            List.of(shown()));
            long began = System.nanoTime();
            new Signing(session, new Journal(session), random).sign(request, consent);
            took[i] = System.nanoTime() - began;
        }
        return took;
    }

    static void measure(Estate estate, ServerProcess server, Report report) throws Exception {
        server.obey("work UNSEALING");
        try (var remoting = new Remoting(estate, server)) {
            report.line(
                    ("Wall time of one signature as a program sees it, one connection, a consent"
                                    + " given before, %d rounds of %d signatures each, in us.")
                            .formatted(ROUNDS, SIGNATURES));
            report.line(
                    "Programs are JVMs with SunPKCS11; pinentry's part in the consent is played by"
                            + " a script.");
            report.line("");
            report.line("%-9s %-52s %8s %8s".formatted("key", "by", "p50", "p99"));
            for (var key : KEYS.stream().sorted().toList()) {
                remoting.measure(key, report);
            }
            report.line("");
            double rss = Programs.megabytes(remoting.agent.pid());
            report.line(
                    "agent RSS after these signatures: %.0f MB; aim 100 MB: %s"
                            .formatted(rss, Report.met(rss <= 100)));
            report.line("");
        }
    }

    private void measure(KeyAlgorithm key, Report report) throws Exception {
        var contestants = new LinkedHashMap<String, Contestant>();
        contestants.put(
                "p11-kit, agent, server", (one, count) -> byAgent.sign(SoftHsm.alias(one), count));
        contestants.put("the same requests, sent directly", this::directly);
        contestants.put(
                "peer: p11-kit, p11-kit's server, SoftHSM",
                (one, count) -> byPeer.sign(SoftHsm.alias(one), count));
        contestants.put("SoftHSM alone", (one, count) -> alone.sign(SoftHsm.alias(one), count));
        var took = new LinkedHashMap<String, List<Long>>();
        for (var one : contestants.entrySet()) {
            one.getValue().sign(key, WARM);
            took.put(one.getKey(), new ArrayList<>());
        }
        double agentSeconds = 0;
        double serverSeconds = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (var one : contestants.entrySet()) {
                double agentBefore = CpuTime.of(agent.pid());
                double serverBefore = server.cpu();
                for (long nanos : one.getValue().sign(key, SIGNATURES)) {
                    Objects.requireNonNull(took.get(one.getKey())).add(nanos);
                }
                if (one.getKey().equals(BY_AGENT)) {
                    agentSeconds += CpuTime.of(agent.pid()) - agentBefore;
                    serverSeconds += server.cpu() - serverBefore;
                }
            }
        }
        for (var one : took.entrySet()) {
            var all = one.getValue().stream().mapToLong(Long::longValue).toArray();
            report.line(
                    "%-9s %-52s %8.0f %8.0f"
                            .formatted(
                                    key.display(),
                                    one.getKey(),
                                    Figures.percentile(all, 50) / 1e3,
                                    Figures.percentile(all, 99) / 1e3));
        }
        report.line(
                "%-9s CPU without compilers for each of the first: agent %.0f us, server %.0f us"
                        .formatted(
                                key.display(),
                                1e6 * agentSeconds / (ROUNDS * SIGNATURES),
                                1e6 * serverSeconds / (ROUNDS * SIGNATURES)));
    }

    @Override
    public void close() throws IOException {
        alone.close();
        byPeer.close();
        byAgent.close();
        token.close();
        agent.close();
        session.close();
        consents.values().forEach(Consent::close);
    }
}
