package dev.custodian.bench;

import dev.custodian.client.Enrolment;
import dev.custodian.client.Memory;
import dev.custodian.client.Pin;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Policy;
import dev.custodian.device.Shares;
import dev.custodian.device.SoftwareDeviceKeys;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.owner.Invitations;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.EmbeddedVault;
import dev.custodian.server.vault.MasterKey;
import dev.custodian.testpki.Person;
import dev.custodian.testpki.TestCa;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A data folder with its operator, and one owner with one device and a credential of each kind.
///
/// @param folder holds all of it
record Estate(Path folder) {
    static final String DEVICE = "bench";
    static final String PIN = "274913";

    /// Makes a data folder as an operator does; the server gets a port of its own.
    static Estate make(Path folder) throws Exception {
        var estate = new Estate(folder);
        Program.output(
                ServerProcess.java(
                        "dev.custodian.server.Main",
                        "init",
                        "--dir",
                        folder.resolve("data").toString(),
                        "--port",
                        "" + freePort()));
        return estate;
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    Path config() {
        return folder.resolve("data/config.toml");
    }

    /// Enrols the owner and makes owner-sealed credentials. The server runs.
    Device enrol(URI url, Set<KeyAlgorithm> algorithms) throws Exception {
        var random = new SecureRandom();
        var clock = Clock.systemUTC();
        var settings = Config.read(config());
        var keys = KeyFiles.read(settings);
        try (var vault = new EmbeddedVault(MasterKey.read(settings.master()), random);
                var store = SqliteStore.open(settings.database());
                var journal =
                        new Journal(
                                store,
                                clock,
                                random,
                                keys.checkpointKey(),
                                vault::sign,
                                1,
                                "operator");
                var share = Shares.in(folder.resolve("keys"), random).create(DEVICE);
                var pin = Pin.of(PIN.toCharArray())) {
            journal.start();
            var invitation =
                    new Invitations(journal, clock, random).invite(url, keys.thumbprint(), "bench");
            var signer =
                    new Device.FileSigner(
                            SoftwareDeviceKeys.in(folder.resolve("keys")).create(DEVICE));
            var enrolled =
                    new Enrolment(invitation, signer, clock, random).enrol(share, pin, List.of());
            var memory = Memory.begin(folder.resolve("memory"), enrolled.remembered());
            var registrar = new Registrar(store, journal, vault, clock, random);
            var credentials = credentials(registrar, memory.now().owner(), algorithms);
            return new Device(
                    folder.resolve("keys"),
                    memory,
                    signer,
                    keys.tls().chain().getFirst(),
                    credentials);
        }
    }

    private static Map<KeyAlgorithm, Id> credentials(
            Registrar registrar, Id owner, Set<KeyAlgorithm> algorithms) throws Exception {
        var ca = TestCa.create(Clock.systemUTC(), new SecureRandom(), "Custodian bench");
        var credentials = new EnumMap<KeyAlgorithm, Id>(KeyAlgorithm.class);
        for (var algorithm : algorithms) {
            var made =
                    registrar.create(
                            new Registrar.Order(
                                    owner,
                                    Purpose.DOCUMENT,
                                    Custody.OWNER_SEALED,
                                    algorithm,
                                    new Policy(Level.BOUND, Matter.MOST),
                                    "CN=Ada Lovelace"));
            var person = new Person("Ada", "Lovelace", "TEST-0001");
            registrar.certify(List.of(ca.issue(made.request().toArray(), person), ca.root()));
            credentials.put(algorithm, made.credential());
        }
        return credentials;
    }
}
