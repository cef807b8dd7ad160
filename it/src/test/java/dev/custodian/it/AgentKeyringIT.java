package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import dev.custodian.document.SamplePdf;
import dev.custodian.it.device.KeyringOfMachine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The agent in a login with gnome-keyring, and what becomes of its device when the keyring is
/// locked, away or another one, or lost what opens the folder. Each step goes on where the one
/// before ended. Nobody is there to unlock anything.
@TestMethodOrder(OrderAnnotation.class)
class AgentKeyringIT {
    private static final String PIN = "274913";

    @TempDir static Path scratch;

    private static Installation installation;
    private static Serving serving;
    private static KeyringOfMachine keyring;
    private static Machine desk;
    private static String code = "";

    @BeforeAll
    static void start() throws Exception {
        installation = Installation.in(scratch);
        installation.configure("# delay_hours = 72", "delay_hours = 0");
        serving = installation.serve();
        keyring = KeyringOfMachine.start(scratch.resolve("k"));
        desk = Machine.in(scratch.resolve("desk"), keyring);
        Files.write(desk.home().resolve("contract.pdf"), SamplePdf.octets());
        desk.start();
    }

    @AfterAll
    static void stop() throws Exception {
        desk.close();
        serving.close();
    }

    private static Members json(Program.Ran ran) throws Exception {
        return Json.members(Json.parse(Bytes.utf8(ran.orFail().out().strip()), 1 << 20), "it");
    }

    private static String items() throws Exception {
        return keyring.session()
                .program("secret-tool", "search", "--all", "custodian-purpose", "folder-key")
                .said();
    }

    private static void signs() throws Exception {
        Files.deleteIfExists(desk.home().resolve("contract-signed.pdf"));
        desk.types(PIN);
        desk.custodian("sign", "contract.pdf").orFail();
    }

    @Test
    @Order(1)
    void enrolmentTakesTheKeyringAsksForNoPassphraseAndTheServerShowsTheVerdict() throws Exception {
        assertThat(desk.custodian("device", "stores").orFail().out())
                .contains("software (the keyring of your login): SOFTWARE_LOGIN_BOUND");
        assertThat(items()).doesNotContain("Custodian");
        desk.types("", PIN, "");
        var invitation = installation.invite(serving.url()).expose();
        var joined = json(desk.custodian("join", invitation, "--name", "desk", "--json"));
        code = desk.shownCode();
        var owner = Id.parse(Id.Kind.OWNER, joined.text("owner"));
        var _ = installation.credentials(owner, "RSA-3072");

        assertThat(desk.asked()).noneMatch(one -> one.contains("assphrase"));
        assertThat(desk.asked().getFirst()).contains("sealed for your login");
        assertThat(desk.custodian("status").out())
                .contains("device key: The device key is a file, sealed for your login");
        for (var secret : new String[] {"session", "device.share", "device.p8"}) {
            assertThat(Files.readAllBytes(desk.state().resolve(secret)))
                    .startsWith("CUSTODIAN-SEALED".getBytes(StandardCharsets.US_ASCII));
        }
        var listed = installation.command("device", "list").items("devices").getFirst();
        assertThat(Json.members(listed, "a device").text("verdict"))
                .isEqualTo("SOFTWARE_LOGIN_BOUND");
        assertThat(desk.custodian("doctor").orFail().out())
                .contains("stores: well. software (the keyring of your login): it works.");
        assertThat(items()).contains("label = Custodian: folder-key");
        signs();
    }

    @Test
    @Order(2)
    void agentThatStartsAnewSignsWithoutBeingAsked() throws Exception {
        desk.kill();
        desk.start();
        desk.custodian("credential", "list", "--sync").orFail();
        signs();
    }

    @Test
    @Order(3)
    void lockedKeyringOpensNothingAndTheStatusSaysWhatToDo() throws Exception {
        desk.end();
        keyring.session().lock();
        desk.start();
        desk.types(PIN);
        var ran = desk.custodian("credential", "list", "--sync");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("the keyring is locked", "Unlock the keyring");
        assertThat(desk.custodian("status").out())
                .contains("device key is away: ", "Unlock the keyring, then try again.");
        assertThat(desk.custodian("doctor").out()).contains("device: BROKEN");
        assertThat(desk.custodian("login").exit()).isEqualTo(1);
        assertThat(desk.custodian("join", "nonsense").err())
                .contains("a device of an owner already");
        assertThat(desk.custodian("logout").err()).contains("The login is forgotten here");

        keyring.session().unlock();
        desk.custodian("login").orFail();
        signs();
    }

    @Test
    @Order(4)
    void loginWithoutAKeyringSaysSoAndKeepsWhatItHas() throws Exception {
        desk.end();
        try (var elsewhere =
                SessionIT.thief(
                        desk,
                        Machine.in(
                                scratch.resolve("bare"),
                                KeyringOfMachine.without(scratch.resolve("n"))))) {
            var ran = elsewhere.custodian("credential", "list", "--sync");
            assertThat(ran.exit()).isEqualTo(1);
            assertThat(ran.err()).contains("Start the keyring", "Nothing is lost");
            assertThat(elsewhere.custodian("join", "nonsense").err())
                    .contains("a device of an owner already");
        }
        desk.start();
        signs();
    }

    /// That the right keyring is all that it takes shows the step before.
    @Test
    @Order(5)
    void copyOfTheWholeFolderIsWorthNothingWithAnotherKeyring() throws Exception {
        try (var clone =
                SessionIT.thief(
                        desk,
                        Machine.in(
                                scratch.resolve("clone"),
                                KeyringOfMachine.start(scratch.resolve("c"))))) {
            for (var words : new String[] {"credential list --sync", "login"}) {
                var ran = clone.custodian(words.split(" "));
                assertThat(ran.exit()).isEqualTo(1);
                assertThat(ran.err()).contains("it has no item with custodian-id");
            }
            assertThat(clone.custodian("status").out()).contains("device key is away: ");
        }
        desk.custodian("credential", "list", "--sync").orFail();
    }

    @Test
    @Order(6)
    void deletedItemIsSaidAndLeadsToARecoveryInTheSameFolder() throws Exception {
        desk.end();
        keyring.session()
                .program("secret-tool", "clear", "custodian-purpose", "folder-key")
                .orFail();
        var before = Files.readAllBytes(desk.state().resolve("folder.key"));
        desk.start();
        var ran = desk.custodian("credential", "list", "--sync");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("it has no item", "Bring back the keyring");
        assertThat(desk.state().resolve("folder.key")).hasBinaryContent(before);

        desk.types("", PIN, code);
        var first = json(desk.custodian("recover", "--name", "again", "--json"));
        assertThat(first.text("state")).isEqualTo("waiting");
        assertThat(desk.asked()).anyMatch(asked -> asked.contains("former device key"));
        var done = json(desk.custodian("recover", "--name", "again", "--json"));
        assertThat(done.text("state")).isEqualTo("joined");
        assertThat(items()).contains("label = Custodian: folder-key");
        signs();
    }

    @Test
    @Order(7)
    void machineWithoutAKeyringEnrolsAsBeforeAndSaysWhyNotBetter() throws Exception {
        try (var bare =
                Machine.in(
                        scratch.resolve("headless"),
                        KeyringOfMachine.without(scratch.resolve("h")))) {
            bare.start();
            bare.types("", PIN, "");
            var invitation = installation.invite(serving.url()).expose();
            bare.custodian("join", invitation, "--name", "bare").orFail();
            assertThat(bare.asked()).anyMatch(one -> one.contains("Choose a passphrase"));
            assertThat(bare.custodian("status").out())
                    .contains(
                            "device key: The device key is a file: any program",
                            "no better store: ",
                            "software (the keyring of your login): This machine has no such"
                                    + " store of keys.");
            assertThat(bare.custodian("doctor").orFail().out())
                    .contains("stores: well. software (the keyring of your login): This machine");
        }
    }
}
