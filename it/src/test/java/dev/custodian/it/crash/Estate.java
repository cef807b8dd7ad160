package dev.custodian.it.crash;

import dev.custodian.client.Enrolment;
import dev.custodian.client.Memory;
import dev.custodian.client.Pin;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Policy;
import dev.custodian.device.Shares;
import dev.custodian.device.UnsealedKeys;
import dev.custodian.it.Fork;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.owner.Invitations;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.EmbeddedVault;
import dev.custodian.server.vault.MasterKey;
import dev.custodian.server.vault.Passphrase;
import dev.custodian.testpki.Person;
import dev.custodian.testpki.TestCa;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A data folder with its operator, and the devices of its owners, all in one folder that outlives
/// the test if it is to be continued.
///
/// @param folder holds `data`, the devices' folders and the logs
record Estate(Path folder) {
    static final char[] PIN = "274913".toCharArray();
    static final String DEVICE = "crash";

    private static final String CREDENTIAL = "credential";

    /// Makes a data folder; the server gets a port of its own.
    static Estate make(Path folder) throws Exception {
        var estate = new Estate(folder);
        var init =
                new ProcessBuilder(
                                ServerProcess.java(
                                        "dev.custodian.server.Main",
                                        "init",
                                        "--dir",
                                        estate.data().toString(),
                                        "--port",
                                        "" + Fork.port()))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("init.log").toFile())
                        .start();
        if (!init.waitFor(2, TimeUnit.MINUTES) || init.exitValue() != 0) {
            throw new AssertionError(Files.readString(folder.resolve("init.log")));
        }
        return estate;
    }

    Path data() {
        return folder.resolve("data");
    }

    Path config() {
        return data().resolve("config.toml");
    }

    Path log(String name) {
        return folder.resolve(name);
    }

    KeyFiles keys() throws Exception {
        return KeyFiles.read(Config.read(config()));
    }

    /// Enrols one owner for each kind of key, with one certified credential each. The server runs.
    List<Agent> enrol(URI url, KeyAlgorithm... algorithms) throws Exception {
        var random = new SecureRandom();
        var config = Config.read(config());
        var agents = new ArrayList<Agent>();
        try (var vault =
                        new EmbeddedVault(
                                MasterKey.read(config.master(), Passphrase.of(config)), random);
                var store = SqliteStore.open(config.database());
                var journal =
                        new Journal(
                                store,
                                Clock.systemUTC(),
                                random,
                                keys().checkpointKey(),
                                vault::sign,
                                1,
                                "operator")) {
            journal.start();
            var registrar = new Registrar(store, journal, vault, Clock.systemUTC(), random);
            var ca = TestCa.create(Clock.systemUTC(), random, "Custodian crash");
            for (int i = 0; i < algorithms.length; i++) {
                var invitation =
                        new Invitations(journal, Clock.systemUTC(), random)
                                .invite(url, keys().thumbprint(), "owner " + i);
                var device = enrol(invitation, i);
                var made =
                        registrar.create(
                                new Registrar.Order(
                                        Memory.load(device.resolve("memory")).now().owner(),
                                        Purpose.DOCUMENT,
                                        Custody.OWNER_SEALED,
                                        algorithms[i],
                                        new Policy(Level.BOUND, 100),
                                        "CN=Ada Lovelace"));
                var person = new Person("Ada", "Lovelace", "TEST-" + i);
                registrar.certify(List.of(ca.issue(made.request().toArray(), person), ca.root()));
                Files.writeString(
                        device.resolve(CREDENTIAL), made.credential() + " " + algorithms[i]);
                agents.add(agent(device));
            }
        }
        return agents;
    }

    private Path device(int number) {
        return folder.resolve("device-" + number);
    }

    private Path enrol(Invitation invitation, int number) throws Exception {
        var random = new SecureRandom();
        var device = Files.createDirectory(device(number));
        var keys = device.resolve("keys");
        try (var share = Shares.in(keys, random).create(DEVICE);
                var pin = Pin.of(PIN.clone())) {
            var signer = new Agent.FileSigner(UnsealedKeys.in(keys).create(DEVICE));
            var enrolled =
                    new Enrolment(invitation, signer, Clock.systemUTC(), random)
                            .enrol(share, pin, List.of());
            Memory.begin(device.resolve("memory"), enrolled.remembered());
        }
        return device;
    }

    /// The devices that were enrolled here before.
    List<Agent> agents() throws Exception {
        var agents = new ArrayList<Agent>();
        for (int i = 0; Files.exists(device(i).resolve(CREDENTIAL)); i++) {
            agents.add(agent(device(i)));
        }
        return agents;
    }

    private Agent agent(Path device) throws Exception {
        var words = Files.readString(device.resolve(CREDENTIAL)).split(" ", 2);
        return new Agent(
                device,
                Id.parse(Id.Kind.CREDENTIAL, words[0]),
                KeyAlgorithm.valueOf(words[1]),
                keys().tls().chain().getFirst());
    }

    /// Counts no wrong PIN any more, as after a right one. A kill while a PIN is hashed counts as a
    /// wrong one (FORMATS §4), and a device that kills have locked would sign no more. No server
    /// runs.
    void forgive() throws Exception {
        try (var store = SqliteStore.open(Config.read(config()).database());
                var tx = store.begin()) {
            for (int i = 0; Files.exists(device(i).resolve(CREDENTIAL)); i++) {
                var known = Memory.load(device(i).resolve("memory")).now();
                var device = Objects.requireNonNull(tx.device(known.device()));
                var owner = Objects.requireNonNull(tx.owner(known.owner()));
                tx.updateDevice(device.withTries(0, Instant.EPOCH));
                tx.updateOwner(owner.withFailures(0, Instant.EPOCH));
            }
            tx.commit();
        }
    }

    /// Writes the journal while no server runs.
    void export(Path file) throws Exception {
        try (var store = SqliteStore.open(Config.read(config()).database())) {
            CrashServer.export(store, keys(), file);
        }
    }
}
