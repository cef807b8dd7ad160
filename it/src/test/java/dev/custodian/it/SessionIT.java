package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A person's life with the agent, as it is typed: two machines, one server, and what goes wrong in
/// between. Each step goes on where the one before ended.
@TestMethodOrder(OrderAnnotation.class)
class SessionIT {
    private static final String PIN = "274913";
    private static final String OTHER_PIN = "860427";
    private static final String THIRD_PIN = "519736";

    @TempDir static Path scratch;

    private static Installation installation;
    private static Serving serving;
    private static Machine desk;
    private static Machine laptop;
    private static String owner = "";
    private static String code = "";

    @BeforeAll
    static void start() throws Exception {
        installation = Installation.in(scratch);
        installation.configure("# delay_hours = 72", "delay_hours = 0");
        serving = installation.serve();
        desk = Machine.in(scratch.resolve("desk"));
        laptop = Machine.in(scratch.resolve("laptop"));
    }

    @AfterAll
    static void stop() throws Exception {
        desk.close();
        laptop.close();
        serving.close();
    }

    static Members json(Program.Ran ran) throws Exception {
        return Json.members(
                Json.parse(Bytes.utf8(ran.orFail().out().lines().reduce("", (_, b) -> b)), 1 << 20),
                "an answer");
    }

    static String state(Machine machine) throws Exception {
        return json(machine.custodian("status", "--json")).text("state");
    }

    private static void awaitState(Machine machine, String state) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> state(machine).equals(state));
    }

    @Test
    @Order(1)
    void withoutTheAgentTheNextStepIsSaid() throws Exception {
        var ran = desk.custodian("status");
        assertThat(ran.exit()).isEqualTo(4);
        assertThat(ran.err())
                .contains("The agent is not running.", "Start it with: custodian agent.");
    }

    @Test
    @Order(2)
    void agentRunsBeforeThisMachineIsADevice() throws Exception {
        desk.start();
        desk.types("");
        assertThat(state(desk)).isEqualTo("not-joined");
        assertThat(desk.custodian("status").out()).contains("custodian join INVITATION");
        var ran = desk.custodian("login");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("custodian join");
        assertThat(desk.custodian("credential", "list").orFail().err()).contains("none");
    }

    @Test
    @Order(3)
    void refusedQuestionCostsNoInvitationAndTheSameOneJoins() throws Exception {
        var invitation = installation.invite(serving.url()).expose();
        desk.types("");
        assertThat(desk.custodian("join", invitation, "--name", "desk").exit()).isEqualTo(1);
        assertThat(state(desk)).isEqualTo("not-joined");

        desk.types("", PIN, "");
        var joined = json(desk.custodian("join", invitation, "--name", "desk", "--json"));
        assertThat(joined.text("state")).isEqualTo("joined");
        owner = joined.text("owner");
        code = desk.shownCode();
        assertThat(code).matches("[a-z2-7]{4}(-[a-z2-7]{2,4}){6}");
        assertThat(desk.asked().getFirst())
                .contains(
                        "|calls itself (reported):|    custodian 0.1.0|",
                        "|server (computed here):|");
        assertThat(state(desk)).isEqualTo("logged-in");
        assertThat(desk.log() + desk.custodian("status").said()).doesNotContain(PIN, code);
        assertThat(desk.custodian("join", invitation).err())
                .contains("a device of an owner already");
    }

    @Test
    @Order(4)
    void credentialIsListedOnceItIsCertified() throws Exception {
        installation.credentials(
                Custody.OWNER_SEALED, Purpose.CODE, Id.parse(Id.Kind.OWNER, owner), "P-256");
        var listed = desk.custodian("credential", "list", "--sync").orFail().out();
        assertThat(listed).containsPattern("crd_[a-z2-7]{26}  P-256  code  owner-sealed");
    }

    static String address(Machine machine) throws Exception {
        return json(machine.custodian("device", "list", "--json")).text("address");
    }

    @Test
    @Order(5)
    void secondDeviceWaitsUntilTheFirstApprovesTheSameNumber() throws Exception {
        laptop.start();
        laptop.types(PIN);
        var join = new String[] {"join", address(desk), "--name", "laptop", "--no-wait", "--json"};
        var number = json(laptop.custodian(join)).text("number");
        assertThat(state(laptop)).isEqualTo("not-joined");

        desk.types("");
        assertThat(desk.custodian("device", "approve").exit()).isEqualTo(1);
        assertThat(json(laptop.custodian(join)).text("state")).isEqualTo("waiting");

        // the request outlives the agent
        laptop.kill();
        laptop.start();
        desk.types(PIN);
        assertThat(desk.custodian("device", "approve").orFail().said()).contains(number);
        assertThat(desk.asked().getFirst()).contains(number, "laptop");
        assertThat(json(laptop.custodian(join)).text("state")).isEqualTo("joined");
        assertThat(state(laptop)).isEqualTo("logged-in");
        assertThat(laptop.custodian("credential", "list").orFail().out()).contains("P-256  code");
        assertThat(desk.custodian("device", "list").orFail().out())
                .contains("desk", "laptop", "this one");
    }

    @Test
    @Order(6)
    void pinIsChangedOnAllDevicesAndAWrongOneIsAskedForAgain() throws Exception {
        desk.types(THIRD_PIN + "\n" + PIN, OTHER_PIN, "");
        desk.custodian("pin", "change").orFail();
        assertThat(desk.asked()).anyMatch(question -> question.contains("last try"));
        laptop.types(OTHER_PIN, THIRD_PIN, "");
        laptop.custodian("pin", "change").orFail();
    }

    @Test
    @Order(7)
    void restartedServerCostsNoLogin() throws Exception {
        serving.close();
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .until(() -> desk.custodian("credential", "list", "--sync").exit() == 4);
        assertThat(state(desk)).isEqualTo("unreachable");
        serving = installation.serve();
        desk.custodian("credential", "list", "--sync").orFail();
        assertThat(state(desk)).isEqualTo("logged-in");
    }

    @Test
    @Order(8)
    void killedAgentIsLoggedInWhenItIsBack() throws Exception {
        desk.kill();
        desk.start();
        desk.custodian("credential", "list", "--sync").orFail();
        assertThat(state(desk)).isEqualTo("logged-in");
    }

    @Test
    @Order(9)
    void logoutLastsAcrossARestartUntilLogin() throws Exception {
        assertThat(desk.custodian("logout").orFail().out()).isEqualTo("logged-out\n");
        desk.end();
        desk.start();
        var ran = desk.custodian("credential", "list", "--sync");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(state(desk)).isEqualTo("logged-out");
        assertThat(desk.custodian("login").orFail().out()).isEqualTo("logged-in\n");
        desk.custodian("credential", "list", "--sync").orFail();
    }

    @Test
    @Order(10)
    void doctorFindsAllWell() throws Exception {
        var ran = desk.custodian("doctor").orFail();
        assertThat(ran.out()).contains("server: well", "credentials: well");
    }

    /// The agent's offset from the server's time, not this machine's clock, is what counts.
    @ParameterizedTest
    @ValueSource(strings = {"-5m", "+5m"})
    @Order(11)
    void clockThatIsFiveMinutesOffChangesNothing(String off) throws Exception {
        desk.end();
        // the program faketime itself would stay in front of the agent and take its signals
        desk.start(
                "sh",
                "-c",
                "export LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketime.so.1) FAKETIME="
                        + off
                        + " FAKETIME_DONT_FAKE_MONOTONIC=1; exec \"$@\"",
                "sh");
        desk.custodian("credential", "list", "--sync").orFail();
        assertThat(state(desk)).isEqualTo("logged-in");
        desk.types(THIRD_PIN, THIRD_PIN, "");
        desk.custodian("pin", "change").orFail();
        desk.end();
        desk.start();
        desk.custodian("credential", "list", "--sync").orFail();
    }

    /// A machine with a copy of what is left in another's folder.
    ///
    /// @param without what is left out, with all below it
    static Machine thief(Machine from, Machine thief, String... without) throws Exception {
        copy(from.state(), thief.state(), Set.of(without));
        thief.start();
        return thief;
    }

    private static void copy(Path from, Path to, Set<String> without) throws Exception {
        Files.createDirectories(
                to,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (var files = Files.list(from)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                if (without.contains(name)) {
                    continue;
                }
                if (Files.isDirectory(file)) {
                    copy(file, to.resolve(name), without);
                } else {
                    Files.copy(file, to.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    static Machine desk() {
        return desk;
    }

    static Machine laptop() {
        return laptop;
    }

    /// The recovery code that holds.
    static String code() {
        return code;
    }

    static Path scratch() {
        return scratch;
    }

    /// Where the device key is in the folder of the agent.
    String keyFile() {
        return "device.p8";
    }

    /// What a copy without it is told.
    String withoutKey() {
        return "device.p8 is missing";
    }

    @Test
    @Order(12)
    void copyWithoutTheDeviceKeyIsWorthNothing() throws Exception {
        try (var thief = thief(desk, Machine.in(scratch.resolve("thief")), keyFile())) {
            var ran = thief.custodian("credential", "list", "--sync");
            assertThat(ran.exit()).isEqualTo(1);
            assertThat(ran.err()).contains(withoutKey());
            assertThat(thief.custodian("doctor").out()).contains("device: BROKEN");
        }
        desk.custodian("credential", "list", "--sync").orFail();
        assertThat(state(desk)).isEqualTo("logged-in");
    }

    /// Of two that have the same login, one shows a refresh token whose successor was used.
    @Test
    @Order(13)
    void copyWithTheDeviceKeyEndsTheLoginOfBothAndTheStatusSaysSo() throws Exception {
        desk.end();
        // One agent at a time: a simulated TPM has one client.
        var copy = thief(desk, Machine.in(scratch.resolve("copy"), desk.store()));
        try {
            copy.custodian("credential", "list", "--sync").orFail();
            copy.end();
            copy.start();
            copy.custodian("credential", "list", "--sync").orFail();
            copy.end();

            desk.start();
            assertThat(desk.custodian("credential", "list", "--sync").exit()).isEqualTo(1);
            awaitState(desk, "logged-out");
            assertThat(desk.custodian("status").out()).contains("log in with: custodian login");
            desk.end();
            copy.start();
            assertThat(copy.custodian("credential", "list", "--sync").exit()).isEqualTo(1);
            awaitState(copy, "logged-out");
        } finally {
            copy.end();
        }
        desk.start();
        assertThat(desk.custodian("login").orFail().out()).isEqualTo("logged-in\n");
        desk.custodian("credential", "list", "--sync").orFail();
    }

    @Test
    @Order(13)
    void copyOfTheWholeFolderIsWorthNothingWithoutThePassphrase() throws Exception {
        var passphrase = "correct-horse-battery";
        try (var tablet = Machine.in(scratch.resolve("tablet"), new FilesOfMachine())) {
            tablet.start();
            tablet.types(THIRD_PIN);
            tablet.passphrase(passphrase);
            var join = new String[] {"join", address(desk), "--name", "tablet", "--no-wait"};
            tablet.custodian(join).orFail();
            desk.types(THIRD_PIN);
            desk.custodian("device", "approve").orFail();
            tablet.custodian(join).orFail();
            assertThat(state(tablet)).isEqualTo("logged-in");
            assertThat(tablet.custodian("status").out()).contains("sealed under a passphrase");
            tablet.end();

            var second = Machine.in(scratch.resolve("second-thief"), new FilesOfMachine());
            try (var thief = thief(tablet, second)) {
                for (var guess : List.of("", "wrong-horse-battery")) {
                    thief.passphrase(guess);
                    assertThat(thief.custodian("login").exit()).isNotZero();
                    var ran = thief.custodian("credential", "list", "--sync");
                    assertThat(ran.exit()).isEqualTo(1);
                    assertThat(ran.err()).contains("locked: by its passphrase");
                    assertThat(thief.custodian("status").out())
                            .contains("locked by its passphrase");
                }
                // what is missing is the passphrase and nothing else
                thief.passphrase(passphrase);
                assertThat(thief.custodian("login").orFail().out()).isEqualTo("logged-in\n");
                thief.custodian("credential", "list", "--sync").orFail();
                thief.custodian("logout").orFail();
                assertThat(thief.custodian("status").out()).contains("locked by its passphrase");
                assertThat(thief.log()).doesNotContain(passphrase);
            }
            assertThat(tablet.log()).doesNotContain(passphrase);
        }
    }

    @Test
    @Order(20)
    void removedDeviceSaysSo() throws Exception {
        var device = json(laptop.custodian("status", "--json")).object("lines").text("device");
        desk.types(THIRD_PIN);
        desk.custodian("device", "remove", device).orFail();
        assertThat(laptop.custodian("credential", "list", "--sync").exit()).isEqualTo(1);
        awaitState(laptop, "removed");
        assertThat(laptop.custodian("login").err()).contains("accepts this device no more");
    }

    @Test
    @Order(21)
    void recoveryOnAnotherMachineMakesItTheOnlyDevice() throws Exception {
        var address = address(desk);
        laptop.types("", PIN, code);
        assertThat(
                        json(laptop.custodian("recover", address, "--name", "new", "--json"))
                                .text("state"))
                .isEqualTo("waiting");
        assertThat(desk.custodian("device", "list").orFail().out()).contains("recovery");
        var next = laptop.shownCode();
        assertThat(next).isNotEqualTo(code);

        var done = json(laptop.custodian("recover", address, "--name", "new", "--json"));
        assertThat(done.text("state")).isEqualTo("joined");
        assertThat(laptop.shownCode()).isEqualTo(next);
        code = next;
        assertThat(state(laptop)).isEqualTo("logged-in");
        assertThat(laptop.custodian("credential", "list").orFail().out()).contains("P-256  code");
        assertThat(desk.custodian("credential", "list", "--sync").exit()).isEqualTo(1);
        awaitState(desk, "removed");
        laptop.types(PIN, OTHER_PIN, "");
        laptop.custodian("pin", "change").orFail();
    }

    @Test
    @Order(30)
    void whatTheAgentKeepsIsForItsUserAlone() throws Exception {
        for (var folder : new Path[] {laptop.state(), laptop.socket("agent.sock").getParent()}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
        }
        for (var socket : new String[] {"agent.sock", "ssh.sock"}) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(laptop.socket(socket))))
                    .isEqualTo("rw-------");
        }
    }
}
