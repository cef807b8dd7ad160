package dev.custodian.bench;

import dev.custodian.client.DeviceSigner;
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
import dev.custodian.device.UnsealedKeys;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import dev.custodian.server.config.WrappingMechanism;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.owner.Invitations;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.Vaults;
import dev.custodian.testpki.Person;
import dev.custodian.testpki.TestCa;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A data folder with its operator, and owners with one device each.
///
/// @param folder holds all of it
record Estate(Path folder) {
    static final String DEVICE = "device";
    static final String PIN = "274913";

    /// Makes a data folder as an operator does; the server gets a port of its own.
    ///
    /// @param options more for `init`
    static Estate make(Path folder, String... options) throws Exception {
        var estate = new Estate(folder);
        var line =
                new ArrayList<>(
                        List.of(
                                "init",
                                "--dir",
                                folder.resolve("data").toString(),
                                "--port",
                                "" + freePort()));
        line.addAll(List.of(options));
        operate(line.toArray(String[]::new));
        return estate;
    }

    /// The same with its keys in a new token of SoftHSM, named as the folder.
    static Estate makeOnHsm(Path folder) throws Exception {
        var token = folder.getFileName().toString();
        SoftHsm.token(SoftHsm.shared(), token);
        Files.createDirectories(folder);
        var pin = folder.resolve("pin");
        Files.writeString(pin, SoftHsm.PIN + "\n");
        Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
        var estate =
                make(
                        folder,
                        "--hsm-module",
                        SoftHsm.MODULE.toString(),
                        "--hsm-token",
                        token,
                        "--hsm-pin",
                        pin.toString(),
                        "--hsm-mechanism",
                        WrappingMechanism.AES_KEY_WRAP_PAD.name());
        operate(
                "hsm",
                "init",
                "--config",
                estate.config().toString(),
                "--officer-pin-file",
                pin.toString());
        return estate;
    }

    private static void operate(String... words) throws Exception {
        var line = new ArrayList<>(List.of("dev.custodian.server.Main"));
        line.addAll(List.of(words));
        Program.output(ServerProcess.java(line.toArray(String[]::new)));
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    Path config() {
        return folder.resolve("data/config.toml");
    }

    Path database() {
        return folder.resolve("data/custodian.db");
    }

    /// An owner's only device, with credentials of one purpose.
    ///
    /// @param folder of the device: its key, its share and its memory, named as the agent names
    ///   them
    record Enrolled(
            Path folder, Memory memory, DeviceSigner signer, Map<KeyAlgorithm, Id> credentials) {}

    /// Enrols an owner and makes owner-sealed credentials. The server runs.
    ///
    /// @param name of the owner; a folder of that name is the device's
    Enrolled enrol(String name, URI url, Purpose purpose, Set<KeyAlgorithm> algorithms)
            throws Exception {
        return enrol(name, url, purpose, Custody.OWNER_SEALED, algorithms);
    }

    /// The same with credentials of another custody.
    Enrolled enrol(
            String name, URI url, Purpose purpose, Custody custody, Set<KeyAlgorithm> algorithms)
            throws Exception {
        var device = folder.resolve(name);
        var signer = new Device.FileSigner(UnsealedKeys.in(device).create(DEVICE));
        return enrol(name, url, signer, purpose, custody, algorithms);
    }

    /// An owner without credentials, whose device key is kept elsewhere.
    Enrolled enrol(String name, URI url, DeviceSigner signer) throws Exception {
        return enrol(name, url, signer, Purpose.DOCUMENT, Custody.OWNER_SEALED, Set.of());
    }

    private Enrolled enrol(
            String name,
            URI url,
            DeviceSigner signer,
            Purpose purpose,
            Custody custody,
            Set<KeyAlgorithm> algorithms)
            throws Exception {
        var random = new SecureRandom();
        var clock = Clock.systemUTC();
        var settings = Config.read(config());
        var keys = KeyFiles.read(settings);
        var device = folder.resolve(name);
        try (var vault = Vaults.open(settings, random);
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
                var share = Shares.in(device, random).create(DEVICE);
                var pin = Pin.of(PIN.toCharArray())) {
            journal.start();
            var invitation =
                    new Invitations(journal, clock, random).invite(url, keys.thumbprint(), name);
            var enrolled =
                    new Enrolment(invitation, signer, clock, random).enrol(share, pin, List.of());
            var memory = Memory.begin(device.resolve("memory"), enrolled.remembered());
            var registrar = new Registrar(store, journal, vault, clock, random);
            return new Enrolled(
                    device,
                    memory,
                    signer,
                    credentials(registrar, memory.now().owner(), purpose, custody, algorithms));
        }
    }

    /// The certificate of the server's connections.
    X509Certificate certificate() throws Exception {
        return KeyFiles.read(Config.read(config())).tls().chain().getFirst();
    }

    private static Map<KeyAlgorithm, Id> credentials(
            Registrar registrar,
            Id owner,
            Purpose purpose,
            Custody custody,
            Set<KeyAlgorithm> algorithms)
            throws Exception {
        var ca = TestCa.create(Clock.systemUTC(), new SecureRandom(), "Custodian bench");
        var credentials = new EnumMap<KeyAlgorithm, Id>(KeyAlgorithm.class);
        for (var algorithm : algorithms) {
            var made =
                    registrar.create(
                            new Registrar.Order(
                                    owner,
                                    purpose,
                                    custody,
                                    algorithm,
                                    new Policy(Level.BOUND, Matter.MOST),
                                    "CN=Ada Lovelace"));
            var person = new Person("Ada", "Lovelace", "TEST-0001");
            registrar.certify(
                    List.of(ca.issue(made.request().toArray(), person, purpose), ca.root()));
            credentials.put(algorithm, made.credential());
        }
        return credentials;
    }
}
