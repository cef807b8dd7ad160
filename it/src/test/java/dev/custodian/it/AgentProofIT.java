package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.json.Json;
import dev.custodian.it.device.TrustedMaker;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An enrolment of the agent's at a server that wants proof of hardware. The TPMs are simulated,
/// and their maker is played by swtpm's set-up.
class AgentProofIT {
    private static final String PIN = "274913";

    @TempDir Path folder;

    private Installation installation;
    private @Nullable Serving serving;

    @BeforeEach
    void start() throws Exception {
        installation = Installation.in(folder);
    }

    @AfterEach
    void stop() throws Exception {
        if (serving != null) {
            serving.close();
        }
    }

    private Machine join(TrustedMaker maker) throws Exception {
        var running = installation.serve();
        serving = running;
        var home = folder.resolve("desk");
        var desk = Machine.in(home, maker.tpm(home));
        desk.start();
        desk.types("", PIN, "");
        var invitation = installation.invite(running.url()).expose();
        desk.custodian("join", invitation, "--name", "desk").orFail();
        return desk;
    }

    private String verdict() throws Exception {
        var devices = installation.command("device", "list").items("devices");
        assertThat(devices).hasSize(1);
        return Json.members(devices.getFirst(), "a device").text("verdict");
    }

    @Test
    void whatTheServerWillSeeIsSaidBeforeAnyPinAndThenTheKeyIsProved() throws Exception {
        var maker = TrustedMaker.in(folder);
        maker.isTrustedBy(installation);
        try (var desk = join(maker)) {
            assertThat(desk.asked().getFirst())
                    .contains("|the server sees (computed here):|", "tells this machine");
            assertThat(verdict()).isEqualTo("HARDWARE_PROVED");
            assertThat(desk.custodian("status").out()).doesNotContain("went wrong last");
        }
    }

    @Test
    void tpmOfAMakerWhomNobodyTrustsIsADeviceAllTheSameAndTheStatusSaysWhy() throws Exception {
        var trusted = TrustedMaker.in(folder.resolve("trusted"));
        trusted.isTrustedBy(installation);
        try (var desk = join(TrustedMaker.in(folder.resolve("strangers")))) {
            assertThat(verdict()).isEqualTo("HARDWARE_CLAIMED");
            assertThat(desk.custodian("status").out())
                    .contains(
                            "session: logged in", "not proved that the device key is in hardware");
        }
    }

    @Test
    void serverThatWantsNoProofIsShownNoneAndNothingIsSaidOfIt() throws Exception {
        try (var desk = join(TrustedMaker.in(folder))) {
            assertThat(desk.asked()).noneMatch(asked -> asked.contains("the server sees"));
            assertThat(verdict()).isEqualTo("HARDWARE_CLAIMED");
        }
    }
}
