package dev.custodian.bench;

import dev.custodian.client.Credentials;
import dev.custodian.client.DeviceSession;
import dev.custodian.client.DeviceSigner;
import dev.custodian.client.SessionFile;
import dev.custodian.client.TlsIdentity;
import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.TpmStore;
import dev.custodian.device.jca.DeviceCertificates;
import dev.custodian.device.jca.DeviceIdentity;
import dev.custodian.device.jca.DevicePrivateKey;
import dev.custodian.device.jca.DeviceProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;

/// Stores of device keys, P-256: what a key takes to be made, opened and used, beside programs of
/// others on the same simulated TPM, and what a session takes until it has its first answer. By
/// turns, so that all meet the same load.
final class DeviceRounds {
    private static final int ROUNDS = 10;
    private static final int EACH = 10;
    private static final int SESSIONS = 20;
    private static final String TPM2 = "tpm2";

    private final SimulatedTpm tpm;
    private final Path folder;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, List<Long>> times = new LinkedHashMap<>();
    private int made;

    private DeviceRounds(SimulatedTpm tpm, Path folder) {
        this.tpm = tpm;
        this.folder = folder;
    }

    static void measure(Path folder, Report report) throws Exception {
        Security.addProvider(new DeviceProvider());
        try (var tpm = SimulatedTpm.start(folder.resolve("tpm"))) {
            var rounds = new DeviceRounds(tpm, folder);
            rounds.prepareOthers();
            for (int round = 0; round < ROUNDS; round++) {
                for (var kind : Kind.values()) {
                    rounds.ours(kind);
                }
                rounds.tools();
                rounds.openssl();
            }
            rounds.report(
                    report,
                    "Device keys, P-256, ms, of %d each; TPM: swtpm".formatted(ROUNDS * EACH));
            rounds.times.clear();
            for (var binding : List.of("dpop", "tls")) {
                rounds.sessions(binding);
            }
            rounds.report(
                    report,
                    ("Session ready, ms, of %d each: store opened, key opened, server met, login"
                                    + " refreshed, first call answered")
                            .formatted(SESSIONS));
        } finally {
            Security.removeProvider(DeviceProvider.NAME);
        }
    }

    private enum Kind {
        SOFTWARE,
        TPM;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private interface Step {
        void take() throws Exception;
    }

    private void time(String what, Step step) throws Exception {
        long began = System.nanoTime();
        step.take();
        times.computeIfAbsent(what, _ -> new ArrayList<>()).add(System.nanoTime() - began);
    }

    private DeviceStore open(Kind kind) throws DeviceException {
        var keys = folder.resolve("keys-" + kind.text());
        if (kind == Kind.TPM) {
            return TpmStore.open(keys, tpm::connect);
        }
        try (var passphrase = Secret.owning(Bytes.utf8("correct horse").toArray())) {
            return SoftwareStore.open(keys, passphrase);
        }
    }

    private void ours(Kind kind) throws Exception {
        var digest = digest();
        try (var store = open(kind)) {
            for (int i = 0; i < EACH; i++) {
                var spec = new KeySpec("key-" + made++, KeyType.P256);
                time("ours, " + kind.text() + ": create", () -> store.create(spec).close());
                var uri = uri(store, spec.name());
                time("ours, " + kind.text() + ": open", () -> store.open(uri).close());
                try (var key = store.open(uri)) {
                    time(
                            "ours, " + kind.text() + ": sign",
                            () -> key.sign(Scheme.ECDSA_SHA256, digest));
                }
                store.delete(uri);
            }
        }
    }

    private static KeyUri uri(DeviceStore store, String name) throws DeviceException {
        for (var uri : store.list()) {
            if (uri.text().contains(name)) {
                return uri;
            }
        }
        throw new IllegalStateException("no key " + name);
    }

    private Bytes digest() {
        var octets = new byte[32];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    private void prepareOthers() throws Exception {
        Files.write(tpm.folder().resolve("digest"), digest().toArray());
        tpm.run(TPM2, "createprimary", "-Q", "-C", "o", "-G", "ecc", "-c", "primary.ctx");
        tpm.run(TPM2, "flushcontext", "-t");
    }

    /// One process each, as it is typed. What it leaves in the TPM is flushed, untimed.
    private void tool(String what, String line) throws Exception {
        time("tpm2-tools: " + what, () -> tpm.run(line.split(" ", -1)));
        tpm.run(TPM2, "flushcontext", "-t");
    }

    private void tools() throws Exception {
        for (int i = 0; i < EACH; i++) {
            tool("create", "tpm2 create -Q -C primary.ctx -G ecc -u k.pub -r k.priv");
            tool("open", "tpm2 load -Q -C primary.ctx -u k.pub -r k.priv -c key.ctx");
            tool("sign", "tpm2 sign -Q -c key.ctx -g sha256 -s ecdsa -d -o signature digest");
        }
    }

    private void openssl() throws Exception {
        var with = " -provider tpm2 -provider default -propquery ?provider=tpm2 ";
        for (int i = 0; i < EACH; i++) {
            provider(
                    "create", "genpkey" + with + "-algorithm EC -pkeyopt group:P-256 -out key.pem");
            provider("open", "pkey" + with + "-in key.pem -pubout -out public.pem");
            provider(
                    "open and sign",
                    "pkeyutl"
                            + with
                            + "-sign -inkey key.pem -in digest -pkeyopt digest:sha256 -out sig");
        }
    }

    private void provider(String what, String words) throws Exception {
        time("openssl, tpm2 provider: " + what, () -> tpm.run(("openssl " + words).split(" ", -1)));
    }

    /// A key for sessions.
    private record Signer(DeviceKey key, SecureRandom random) implements DeviceSigner, TlsIdentity {
        @Override
        public ECPublicKey publicKey() {
            return (ECPublicKey) key.publicKey();
        }

        @Override
        public Bytes sign(Bytes message) throws Refused {
            return new Device.FileSigner(key).sign(message);
        }

        @Override
        public TlsIdentity tls() {
            return this;
        }

        @Override
        public X509Certificate certify() throws Refused {
            try {
                var end = Instant.parse("9999-12-31T23:59:59Z");
                return DeviceCertificates.selfSigned(key, "bench", Instant.EPOCH, end, random);
            } catch (DeviceException e) {
                throw e.refused();
            }
        }

        @Override
        public X509ExtendedKeyManager with(X509Certificate certificate) {
            return new DeviceIdentity(DevicePrivateKey.of(key), certificate);
        }

        @Override
        public Optional<Refused> refusal(Throwable cause) {
            return cause instanceof DeviceException why
                    ? Optional.of(why.refused())
                    : Optional.empty();
        }
    }

    private void sessions(String binding) throws Exception {
        var estate = Estate.make(folder.resolve("server-" + binding));
        var config = Files.readString(estate.config());
        Files.writeString(
                estate.config(),
                config.replace("# binding = \"dpop\"", "binding = \"" + binding + "\""));
        try (var server =
                ServerProcess.start(
                        estate.config(), folder.resolve("server-" + binding + ".log"))) {
            for (var kind : Kind.values()) {
                sessions(binding, kind, estate, server);
            }
        }
    }

    private void sessions(String binding, Kind kind, Estate estate, ServerProcess server)
            throws Exception {
        var name = kind.text() + "-" + binding;
        KeyUri uri;
        Estate.Enrolled enrolled;
        Path file;
        try (var store = open(kind);
                var key = store.create(new KeySpec(name, KeyType.P256))) {
            uri = key.uri();
            enrolled = estate.enrol(name, server.url(), new Signer(key, random));
            file = enrolled.folder().resolve("session");
            try (var session = session(enrolled, key, file)) {
                session.login();
            }
        }
        for (int i = 0; i < SESSIONS; i++) {
            time(
                    "%s key, binding %s".formatted(kind.text(), binding),
                    () -> {
                        try (var store = open(kind);
                                var key = store.open(uri);
                                var session = session(enrolled, key, file)) {
                            new Credentials(session).list();
                        }
                    });
        }
    }

    private DeviceSession session(Estate.Enrolled enrolled, DeviceKey key, Path file)
            throws Refused {
        return DeviceSession.open(
                enrolled.memory(),
                new Signer(key, random),
                Clock.systemUTC(),
                random,
                SessionFile.at(file));
    }

    private void report(Report report, String title) throws Exception {
        report.line(title);
        report.line("  %-36s %8s %8s".formatted("", "p50", "p99"));
        for (var entry : times.entrySet()) {
            var nanos = entry.getValue().stream().mapToLong(Long::longValue).toArray();
            report.line(
                    "  %-36s %8.1f %8.1f"
                            .formatted(
                                    entry.getKey(),
                                    Figures.percentile(nanos, 50) / 1e6,
                                    Figures.percentile(nanos, 99) / 1e6));
        }
        report.line("");
    }
}
