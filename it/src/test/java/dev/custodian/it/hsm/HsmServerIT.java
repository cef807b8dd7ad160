package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.it.Installation;
import dev.custodian.it.OwnerDevice;
import dev.custodian.it.Program;
import dev.custodian.it.Secrets;
import dev.custodian.it.Serving;
import dev.custodian.it.Thief;
import dev.custodian.server.config.PrivateFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server as shipped, set up by its own commands over SoftHSM, behind a module that hands on
/// every call until it is told to misbehave.
class HsmServerIT {
    @TempDir private static Path folder;

    private static Faults faults;
    private static Installation installation;
    private static Serving server;
    private static OwnerDevice ada;
    private static Installation.Made sealed;
    private static Installation.Made managed;

    @BeforeAll
    static void setUp() throws Exception {
        faults = Faults.around(Hsm.softHsm(folder), folder);
        installation = Installation.onHsm(folder, faults.hsm());
        server = installation.serve();
        ada = OwnerDevice.enrol(installation.invite(server.url()), folder.resolve("ada"));
        sealed = make(Custody.OWNER_SEALED, "RSA-2048");
        managed = make(Custody.MANAGED, "P-256");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static Installation.Made make(Custody custody, String key) throws Exception {
        return installation.credentials(custody, Purpose.DOCUMENT, ada.owner(), key).getFirst();
    }

    private static Bytes sign(Installation.Made with, String words) throws Refused {
        try (var session = ada.session()) {
            var digest = Hashes.sha256(Bytes.utf8(words));
            return ada.sign(session, with.id(), OwnerDevice.PIN, digest).signatures().getFirst();
        }
    }

    private static void verifiedByOpenssl(Installation.Made with, String words, Bytes signature)
            throws Exception {
        var key = folder.resolve("key.pem");
        var message = Files.writeString(folder.resolve("message"), words);
        var signed = Files.write(folder.resolve("signature"), signature.toArray());
        var chain = installation.chain(with.id()).toString();
        Program.run("openssl", "x509", "-in", chain, "-noout", "-pubkey", "-out", key.toString())
                .orFail();
        var checked =
                Program.run(
                                "openssl",
                                "dgst",
                                "-sha256",
                                "-verify",
                                key.toString(),
                                "-signature",
                                signed.toString(),
                                message.toString())
                        .orFail();
        assertThat(checked.out()).contains("Verified OK");
    }

    /// The journal's records about a credential, in their order.
    private static List<String> chainOf(Installation.Made with) throws Exception {
        var records = new ArrayList<String>();
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + installation.database());
                var asked = connection.createStatement();
                var rows = asked.executeQuery("SELECT record FROM journal ORDER BY number")) {
            while (rows.next()) {
                var record = new String(rows.getBytes(1), StandardCharsets.UTF_8);
                if (record.contains("\"chain\":\"" + with.id() + "\"")) {
                    records.add(record);
                }
            }
        }
        return records;
    }

    @Test
    void keysOfBothCustodiesSignAndOpensslAgrees() throws Exception {
        for (var made : List.of(sealed, managed)) {
            var words = "signed by " + made.id();
            verifiedByOpenssl(made, words, sign(made, words));
            assertThat(chainOf(made))
                    .filteredOn(record -> record.contains("\"created\""))
                    .singleElement()
                    .asString()
                    .contains("\"origin\":\"hsm\"");
        }
    }

    @Test
    void importedKeySignsAndIsCalledImported() throws Exception {
        var file = Pkcs12.make(folder, "old", "P-256");
        var password = folder.resolve("old.pin");
        PrivateFile.create(password, Pkcs12.PASSWORD + "\n");
        var answer =
                installation.command(
                        "credential",
                        "import",
                        file.toString(),
                        "--owner",
                        ada.owner().text(),
                        "--password-file",
                        password.toString());
        assertThat(answer.text("origin")).isEqualTo("imported");
        var id = Id.parse(Id.Kind.CREDENTIAL, answer.text("credential"));
        Files.copy(folder.resolve("old.pem"), installation.chain(id));
        var imported = new Installation.Made(id, managed.certificate(), managed.request());
        var words = "signed by an old key";
        verifiedByOpenssl(imported, words, sign(imported, words));
        assertThat(chainOf(imported))
                .filteredOn(
                        record -> record.contains("\"creating\"") || record.contains("\"created\""))
                .satisfiesExactly(
                        first -> assertThat(first).contains("\"creating\""),
                        then -> assertThat(then).contains("\"origin\":\"imported\""));
        assertThatThrownBy(
                        () ->
                                installation.command(
                                        "credential",
                                        "import",
                                        file.toString(),
                                        "--owner",
                                        ada.owner().text(),
                                        "--password-file",
                                        password.toString()))
                .hasMessageContaining("There is a credential with this key.");
    }

    /// The client asks again for some seconds while the server says that the key cannot be used.
    @Test
    void approvalThatMetAnOutageSignsWhenItIsOver() throws Exception {
        for (int tries = 1; ; tries++) {
            var words = "try " + tries;
            int failed = failures();
            faults.order("C_SignInit return 0x32");
            var signing = CompletableFuture.supplyAsync(() -> signed(sealed, words));
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> failures() > failed);
            faults.order();
            try {
                verifiedByOpenssl(sealed, words, signing.join());
                break;
            } catch (CompletionException e) {
                // A machine so slow that the client gave up meanwhile.
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                IllegalStateException.class,
                                late -> assertThat(late).hasMessage("vault-failed"));
                assertThat(tries).isLessThan(5);
            }
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> chainOf(sealed).getLast().contains("\"outcome\""));
        var records = chainOf(sealed);
        int approved = records.size() - 1;
        while (!records.get(approved).contains("\"kind\":\"approval\"")) {
            approved--;
        }
        var after = records.subList(approved + 1, records.size());
        assertThat(after.get(1)).contains("\"failed\"");
        assertThat(after.getLast()).contains("\"signed\"");
    }

    @Test
    void thiefWithTheTokenSignsForTheOperatorAlone() throws Exception {
        sign(sealed, "before the theft");
        var thief = new Thief(installation, folder);
        var pin = Files.writeString(folder.resolve("pins"), "480214\n" + OwnerDevice.PIN);
        var wrong = Files.writeString(folder.resolve("wrong.pins"), "480214\n000000\n");
        var share = ada.shareFile().toString();

        assertThat(thief.steal(managed).said())
                .isEqualToIgnoringNewLines(
                        "managed, signed: device slot: not needed; pin seal: not needed;"
                                + " outer: not needed; inner: opened; token: has the key");
        thief.assertSigned(managed);
        assertThat(thief.steal(sealed, "--pins", pin.toString()).said())
                .isEqualToIgnoringNewLines(
                        "owner-sealed, not signed: device slot: closed (no share);"
                                + " pin seal: closed (no share); outer: not reached; inner: closed");
        assertThat(thief.steal(sealed, "--share", share, "--pins", wrong.toString()).said())
                .isEqualToIgnoringNewLines(
                        "owner-sealed, not signed: device slot: opened; pin seal: closed"
                                + " (2 PINs tried); outer: not reached; inner: closed");
        assertThat(thief.steal(sealed, "--share", share, "--pins", pin.toString()).said())
                .isEqualToIgnoringNewLines(
                        "owner-sealed, signed: device slot: opened; pin seal: opened;"
                                + " outer: opened; inner: opened; token: took the key in");
        thief.assertSigned(sealed);
    }

    @Test
    void thiefWithoutTheHsmsPinOpensNothing() throws Exception {
        var wrong = Files.writeString(folder.resolve("wrong.pin"), "4321-user\n");
        assertThat(new Thief(installation, folder).steal(managed, "--hsm-pin", wrong.toString()))
                .satisfies(
                        thief ->
                                assertThat(thief.said())
                                        .isEqualToIgnoringNewLines(
                                                "managed, not signed: device slot: not reached;"
                                                        + " pin seal: not reached; outer: not"
                                                        + " reached; inner: not reached; token:"
                                                        + " closed"));
    }

    /// It is kept for the next login, outside the heap. That it is found there shows that the
    /// search would find it elsewhere.
    @Test
    void hsmPinIsInMemoryOnceAndInNoFileOfTheServer() throws Exception {
        sign(managed, "before an idle second");
        var secrets = new Secrets();
        secrets.pin(faults.hsm().pin());
        // not for something to happen, but for nothing to happen
        TimeUnit.SECONDS.sleep(1);
        assertThat(secrets.countIn(server, folder)).containsEntry("pin", 1);
        try (var files = Files.list(installation.config().resolveSibling(""))) {
            for (var file : files.filter(file -> file.toFile().length() > 0).toList()) {
                assertThat(secrets.countIn(file)).as("%s", file).containsEntry("pin", 0);
            }
        }
    }

    private static Bytes signed(Installation.Made with, String words) {
        try {
            return sign(with, words);
        } catch (Refused e) {
            throw new IllegalStateException(
                    e.kind() == FailureKind.VAULT_FAILED ? "vault-failed" : e.toString(), e);
        }
    }

    private static int failures() throws Exception {
        return server.logged().split("was not signed", -1).length - 1;
    }
}
