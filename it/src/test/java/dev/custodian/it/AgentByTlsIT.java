package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import dev.custodian.document.SamplePdf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The agent with a server that binds tokens to the device key by TLS, as it is typed. Each step
/// goes on where the one before ended.
@TestMethodOrder(OrderAnnotation.class)
class AgentByTlsIT {
    private static final String PIN = "274913";

    @TempDir static Path scratch;

    private static Installation installation;
    private static Serving serving;
    private static Machine desk;
    private static Machine laptop;
    private static String owner = "";

    @BeforeAll
    static void start() throws Exception {
        installation = Installation.in(scratch);
        installation.configure("# binding = \"dpop\"", "binding = \"tls\"");
        serving = installation.serveObserved(scratch.resolve("bodies"));
        desk = Machine.in(scratch.resolve("desk"));
        laptop = Machine.in(scratch.resolve("laptop"));
    }

    @AfterAll
    static void stop() throws Exception {
        desk.close();
        laptop.close();
        serving.close();
    }

    private static Members json(Program.Ran ran) throws Exception {
        return Json.members(
                Json.parse(Bytes.utf8(ran.orFail().out().lines().reduce("", (_, b) -> b)), 1 << 20),
                "an answer");
    }

    private static String state(Machine machine) throws Exception {
        return json(machine.custodian("status", "--json")).text("state");
    }

    private static void awaitState(Machine machine, String state) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> state(machine).equals(state));
    }

    private static byte[] session(Machine machine) throws Exception {
        return Files.readAllBytes(machine.state().resolve("session"));
    }

    /// Shows what the login in the machine's file is bound by.
    void requireBound(Machine machine, boolean byTls) throws Exception {
        var login = new String(session(machine), StandardCharsets.UTF_8);
        assertThat(login.contains("\"binding\":\"tls\"")).isEqualTo(byTls);
        // It is kept for the next time.
        assertThat(login).contains("\"certificate\":");
    }

    private static void restart() throws Exception {
        serving.close();
        serving = installation.serveObserved(scratch.resolve("bodies"));
    }

    @Test
    @Order(1)
    void twoMachinesJoinAndLogIn() throws Exception {
        desk.start();
        desk.types("", PIN, "");
        var invitation = installation.invite(serving.url()).expose();
        owner = json(desk.custodian("join", invitation, "--name", "desk", "--json")).text("owner");
        assertThat(state(desk)).isEqualTo("logged-in");
        requireBound(desk, true);

        laptop.start();
        laptop.types(PIN);
        var address = json(desk.custodian("device", "list", "--json")).text("address");
        var join = new String[] {"join", address, "--name", "laptop", "--no-wait"};
        laptop.custodian(join).orFail();
        desk.types(PIN);
        desk.custodian("device", "approve").orFail();
        laptop.custodian(join).orFail();
        assertThat(state(laptop)).isEqualTo("logged-in");
    }

    @Test
    @Order(2)
    void personSigns() throws Exception {
        installation.credentials(Id.parse(Id.Kind.OWNER, owner), "P-256");
        Files.write(desk.home().resolve("contract.pdf"), SamplePdf.octets());
        desk.types(PIN);
        desk.custodian("sign", "contract.pdf").orFail();
        assertThat(desk.home().resolve("contract-signed.pdf")).exists();
    }

    /// An access token lasts ten minutes.
    @Test
    @Order(3)
    void loginIsRefreshedAndOutlivesRestartsOfBothSides() throws Exception {
        var before = session(desk);
        serving.forward(Duration.ofMinutes(11));
        desk.custodian("credential", "list", "--sync").orFail();
        assertThat(session(desk)).isNotEqualTo(before);
        requireBound(desk, true);

        restart();
        desk.custodian("credential", "list", "--sync").orFail();
        desk.kill();
        desk.start();
        desk.custodian("credential", "list", "--sync").orFail();
        assertThat(state(desk)).isEqualTo("logged-in");
    }

    /// Makes `thief` the one device with the key of another, and shows that this is worth nothing.
    void steal(Machine thief, Machine from, Machine other) throws Exception {
        Files.createDirectories(
                thief.state(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (var file : List.of("memory", "session", "device.share")) {
            Files.copy(
                    from.state().resolve(file),
                    thief.state().resolve(file),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        // an enrolled one, even
        Files.copy(
                other.state().resolve("device.p8"),
                thief.state().resolve("device.p8"),
                StandardCopyOption.COPY_ATTRIBUTES);
        thief.start();
        assertThat(thief.custodian("credential", "list", "--sync").exit()).isEqualTo(1);
        awaitState(thief, "removed");
    }

    @Test
    @Order(4)
    void copyWithAnotherDeviceKeyIsWorthNothing() throws Exception {
        try (var thief = Machine.in(scratch.resolve("thief"))) {
            steal(thief, desk, laptop);
        }
        desk.custodian("credential", "list", "--sync").orFail();
        assertThat(state(desk)).isEqualTo("logged-in");
        laptop.custodian("credential", "list", "--sync").orFail();
    }

    @Test
    @Order(5)
    void removedDeviceSaysSo() throws Exception {
        var device = json(laptop.custodian("status", "--json")).object("lines").text("device");
        desk.types(PIN);
        desk.custodian("device", "remove", device).orFail();
        assertThat(laptop.custodian("credential", "list", "--sync").exit()).isEqualTo(1);
        awaitState(laptop, "removed");
        assertThat(laptop.custodian("login").err()).contains("accepts this device no more");
    }

    @Test
    @Order(6)
    void doctorFindsAllWell() throws Exception {
        assertThat(desk.custodian("doctor").orFail().out())
                .contains("server: well", "credentials: well");
    }

    /// The agent does not know whether the operator meant it; the person does.
    @Test
    @Order(7)
    void serverThatGoesBackToProofsCostsALogin() throws Exception {
        installation.configure("binding = \"tls\"", "binding = \"dpop\"");
        restart();
        var ran = desk.custodian("credential", "list", "--sync");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("does so no more");
        awaitState(desk, "logged-out");
        assertThat(desk.custodian("login").orFail().out()).isEqualTo("logged-in\n");
        desk.custodian("credential", "list", "--sync").orFail();
        requireBound(desk, false);
    }

    @Test
    @Order(8)
    void serverThatTurnsToTlsCostsNone() throws Exception {
        installation.configure("binding = \"dpop\"", "binding = \"tls\"");
        restart();
        desk.custodian("credential", "list", "--sync").orFail();
        assertThat(state(desk)).isEqualTo("logged-in");
        requireBound(desk, true);
    }
}
