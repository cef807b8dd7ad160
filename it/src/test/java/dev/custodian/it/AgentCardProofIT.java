package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import dev.custodian.document.SamplePdf;
import dev.custodian.it.device.CardOfMachine;
import dev.custodian.it.device.TrustedCardMaker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An enrolment of the agent's with a card at a server that wants proof of hardware. Card, reader
/// and the card's maker are simulated.
class AgentCardProofIT {
    private static final String PIN = "274913";

    @TempDir Path folder;

    private final TrustedCardMaker maker = new TrustedCardMaker();
    private Installation installation;
    private Serving serving;

    @BeforeEach
    void start() throws Exception {
        installation = Installation.in(folder);
        maker.isTrustedBy(installation, folder.resolve("trusted"));
        serving = installation.serve();
    }

    @AfterEach
    void stop() throws Exception {
        serving.close();
    }

    private Machine join(CardOfMachine card) throws Exception {
        var desk = Machine.in(folder.resolve("desk"), card);
        desk.start();
        desk.types("", PIN, "");
        var invitation = installation.invite(serving.url()).expose();
        desk.custodian("join", invitation, "--name", "desk").orFail();
        return desk;
    }

    private Members device() throws Exception {
        var devices = installation.command("device", "list").items("devices");
        assertThat(devices).hasSize(1);
        return Json.members(devices.getFirst(), "a device");
    }

    /// Signs with a credential that demands a key in hardware.
    private Program.Ran sign(Machine desk) throws Exception {
        var made =
                installation.credentials(
                        List.of("--level", "bound_hardware"),
                        Custody.OWNER_SEALED,
                        Purpose.DOCUMENT,
                        Id.parse(Id.Kind.OWNER, device().text("owner")),
                        "P-256");
        desk.custodian("credential", "list", "--sync").orFail();
        Files.write(desk.home().resolve("contract.pdf"), SamplePdf.octets());
        desk.types(PIN);
        return desk.custodian("sign", "contract.pdf", "--credential", made.getFirst().id().text());
    }

    @Test
    void cardsKeyIsProvedAsWasSaidBeforeAndSignsWhatDemandsHardware() throws Exception {
        try (var desk = join(maker.card())) {
            var first = desk.asked().stream().filter(one -> one.contains("PIN")).findFirst();
            assertThat(first.orElseThrow())
                    .startsWith("Choose the PIN of your signing keys")
                    .contains("|the server sees (computed here):|", "machine or card from all");
            assertThat(device().text("verdict")).isEqualTo("HARDWARE_PROVED");
            assertThat(desk.custodian("status").out()).doesNotContain("went wrong last");
            sign(desk).orFail();
        }
    }

    private static void refuses(Program.Ran ran) {
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("This device's key is not proved to be in hardware");
    }

    @Test
    void cardOfAMakerWhomNobodyTrustsIsADeviceAllTheSameAndSignsNothingThatDemandsMore()
            throws Exception {
        try (var desk = join(new TrustedCardMaker().card())) {
            assertThat(device().text("verdict")).isEqualTo("HARDWARE_CLAIMED");
            assertThat(desk.custodian("status").out())
                    .contains("session: logged in")
                    .contains("does not lead to a maker that is trusted here");
            refuses(sign(desk));
        }
    }

    @Test
    void keyThatWasBroughtToTheCardIsNotProvedAndTheStatusSaysWhy() throws Exception {
        try (var desk = join(maker.cardWithKeyFromOutside())) {
            assertThat(device().text("verdict")).isEqualTo("HARDWARE_CLAIMED");
            assertThat(desk.custodian("status").out())
                    .contains("session: logged in", "brought to the card from outside");
            refuses(sign(desk));
        }
    }
}
