package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.json.Json;
import dev.custodian.it.device.TrustedMaker;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An enrolment of the agent's at a server that wants proof of hardware. The TPMs are simulated,
/// and their maker is played by swtpm's set-up.
class AgentProofIT {
    private static final String PIN = "274913";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(100);

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

    private Machine machine(TrustedMaker maker) throws Exception {
        var home = folder.resolve("desk");
        var desk = Machine.in(home, maker.tpm(home));
        desk.start();
        desk.types("", PIN, "");
        return desk;
    }

    private String invitation() throws Exception {
        var running = installation.serve();
        serving = running;
        return installation.invite(running.url()).expose();
    }

    private Machine join(TrustedMaker maker) throws Exception {
        var invitation = invitation();
        var desk = machine(maker);
        desk.custodian("join", invitation, "--name", "desk").orFail();
        return desk;
    }

    private void restartServer(Operator meanwhile) throws Exception {
        if (serving != null) {
            serving.close();
        }
        meanwhile.acts();
        serving = installation.serve();
    }

    private interface Operator {
        void acts() throws Exception;
    }

    private void sql(String statement) throws Exception {
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + installation.database());
                var writing = connection.createStatement()) {
            writing.executeUpdate(statement);
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(LIMIT).pollInterval(POLL).until(condition);
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

    /// The line is cut when the device is enrolled and the proof is not there yet, and the agent is
    /// killed.
    @Test
    void proofThatWasCutOffIsGivenAtTheNextStart() throws Exception {
        var maker = TrustedMaker.in(folder);
        maker.isTrustedBy(installation);
        var invitation = invitation();
        sql(
                """
                CREATE TRIGGER cut BEFORE INSERT ON device_proof
                  BEGIN SELECT RAISE(ABORT, 'cut'); END\
                """);
        try (var desk = machine(maker)) {
            desk.custodian("join", invitation, "--name", "desk").orFail();
            assertThat(verdict()).isEqualTo("HARDWARE_CLAIMED");
            assertThat(desk.custodian("status").out())
                    .contains("session: logged in", "proof of hardware: The server wants proof");
            var ran = desk.custodian("doctor");
            assertThat(ran.out()).contains("credentials: well", "proof: BROKEN");
            desk.kill();

            sql("DROP TRIGGER cut");
            desk.start();
            await(() -> verdict().equals("HARDWARE_PROVED"));
            await(() -> !desk.custodian("status").out().contains("proof of hardware"));
            assertThat(desk.custodian("doctor").orFail().out()).contains("proof: well");
            assertThat(records()).as("one record for one proof").isEqualTo(1);
            // and no more, whatever starts
            desk.end();
            desk.start();
            desk.custodian("credential", "list", "--sync").orFail();
            desk.custodian("login").orFail();
            assertThat(records()).isEqualTo(1);
        }
    }

    private int records() throws Exception {
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + installation.database());
                var reading = connection.createStatement();
                var rows = reading.executeQuery("SELECT record FROM journal")) {
            int proofs = 0;
            while (rows.next()) {
                proofs += Bytes.of(rows.getBytes(1)).utf8().contains("prove-device") ? 1 : 0;
            }
            return proofs;
        }
    }

    /// A server that says it wants nothing and asks when the device is its own: it gets no
    /// certificate of a TPM before the person has said yes.
    @Test
    void serverThatAsksWhenNothingWasToldOfItIsShownNothing() throws Exception {
        var maker = TrustedMaker.in(folder);
        var invitation = invitation();
        try (var desk = machine(maker);
                var typing = Executors.newSingleThreadExecutor()) {
            desk.thinks(true);
            var joining = typing.submit(() -> desk.custodian("join", invitation, "--name", "desk"));
            await(() -> !desk.asked().isEmpty());
            restartServer(() -> maker.isTrustedBy(installation));
            desk.thinks(false);
            joining.get().orFail();
            assertThat(desk.asked()).noneMatch(asked -> asked.contains("the server sees"));
            assertThat(verdict()).isEqualTo("HARDWARE_CLAIMED");

            // nor by itself later
            desk.end();
            desk.start();
            desk.custodian("credential", "list", "--sync").orFail();
            assertThat(verdict()).isEqualTo("HARDWARE_CLAIMED");
            assertThat(desk.custodian("doctor").out()).contains("proof: BROKEN");
            assertThat(desk.custodian("status").out())
                    .contains("What it would see is said first, by: custodian login");

            // nor when the person says no
            desk.types("");
            desk.custodian("login").orFail();
            assertThat(desk.asked().getFirst())
                    .contains("|the server sees (computed here):|", "tells this machine");
            assertThat(verdict()).isEqualTo("HARDWARE_CLAIMED");

            desk.types(PIN);
            desk.custodian("login").orFail();
            assertThat(desk.asked()).hasSize(1);
            assertThat(verdict()).isEqualTo("HARDWARE_PROVED");
            desk.types(PIN);
            desk.custodian("login").orFail();
            assertThat(desk.asked()).as("it is told once").isEmpty();
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
