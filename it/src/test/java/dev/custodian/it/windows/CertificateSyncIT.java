package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.json.Json;
import dev.custodian.it.Installation;
import dev.custodian.it.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The shipped agent keeps the certificates that Windows programs choose from in step, under Wine.
/// Each step goes on where the one before ended.
@Timeout(400)
@TestMethodOrder(OrderAnnotation.class)
class CertificateSyncIT {
    private static final String MY =
            "HKCU\\Software\\Microsoft\\SystemCertificates\\MY\\Certificates";
    private static final String PROVIDER =
            "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Cryptography\\Providers\\"
                    + "Custodian Key Storage Provider\\UM";

    @TempDir static Path scratch;

    private static WindowsAgent machine;
    private static Installation.Made made;
    private static X509Certificate certificate;

    @BeforeAll
    static void join() throws Exception {
        machine = WindowsAgent.start(scratch);
        Id owner = machine.join();
        made =
                machine.installation()
                        .credentials(Custody.OWNER_SEALED, Purpose.DOCUMENT, owner, "P-256")
                        .getFirst();
        certificate = made.certificate();
    }

    @AfterAll
    static void stop() throws Exception {
        machine.close();
    }

    private static String store(String... arguments) throws Exception {
        var classes = List.of(WindowsClasses.ofTests(), WindowsClasses.AGENT);
        var line = machine.wine().java(classes, StoreProgram.class.getName(), arguments);
        return machine.wine().run(scratch, line).orFail().out();
    }

    /// Whether a certificate is in the store, as the registry has it: under its hash.
    private static boolean isThere(X509Certificate wanted) throws Exception {
        var hash = MessageDigest.getInstance("SHA-1").digest(wanted.getEncoded());
        return machine.wine()
                .run(scratch, List.of("reg", "query", MY))
                .out()
                .toUpperCase(Locale.ROOT)
                .contains(Bytes.of(hash).hex().toUpperCase(Locale.ROOT));
    }

    @Test
    @Order(1)
    void certificateIsThereAfterASync() throws Exception {
        assertThat(isThere(certificate)).isFalse();
        assertThat(machine.custodian("credential", "sync").orFail().out()).contains("1");
        assertThat(isThere(certificate)).isTrue();
        assertThat(store("list"))
                .startsWith(
                        "entry "
                                + Bytes.of(certificate.getEncoded()).hex()
                                + " "
                                + made.id().text()
                                + " "
                                + Bytes.utf8("Custodian: ").hex())
                .hasLineCount(1);
        assertThat(machine.log()).contains("the store of certificates: added");
    }

    @Test
    @Order(2)
    void doctorNamesWhatIsMissingAndACertificateWhoseKeyDoesNotOpen() throws Exception {
        var wine = machine.wine();
        wine.run(scratch, List.of("reg", "delete", PROVIDER, "/v", "Image", "/f")).orFail();
        try {
            assertThat(machine.custodian("doctor").out())
                    .contains("provider: BROKEN", "does not know the Custodian Key Storage");
        } finally {
            var line = List.of("reg", "add", PROVIDER, "/v", "Image", "/d", "custodian-ksp.dll");
            wine.run(scratch, line).orFail();
        }
        var library = wine.drive().resolve("windows/syswow64/custodian-ksp.dll");
        var aside = scratch.resolve("aside");
        Files.move(library, aside);
        try {
            assertThat(machine.custodian("doctor").out())
                    .contains("64-bit programs: well", "32-bit programs: BROKEN");
        } finally {
            Files.move(aside, library);
        }
        // Last: the agent takes it away when it looks next.
        var stranger = scratch.resolve("stranger");
        Files.write(stranger, machine.installation().ca().root().getEncoded());
        store("add", Wine.path(stranger), "crd_gone", Bytes.utf8("Custodian: gone").hex());
        var ran = machine.custodian("doctor");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out())
                .contains("provider: well", "64-bit programs: well", "32-bit programs: well")
                .contains("certificates: BROKEN", "\"Custodian: gone\" does not open");
    }

    @Test
    @Order(3)
    void renewedCertificateTakesThePlaceOfTheOldOneAndOfWhatIsNoCredentials() throws Exception {
        var renewed = machine.installation().renew(made, Purpose.DOCUMENT);
        machine.custodian("credential", "list", "--sync").orFail();
        assertThat(isThere(certificate)).isFalse();
        assertThat(isThere(machine.installation().ca().root())).isFalse();
        assertThat(isThere(renewed)).isTrue();
        certificate = renewed;
    }

    @Test
    @Order(4)
    void unsyncLastsOverARestartUntilTheNextSync() throws Exception {
        machine.custodian("credential", "unsync").orFail();
        assertThat(isThere(certificate)).isFalse();
        machine.kill();
        machine.startAgent();
        assertThat(machine.custodian("credential", "list").orFail().out())
                .as("waits for the first look")
                .contains(made.id().text());
        assertThat(isThere(certificate)).isFalse();
        machine.custodian("credential", "sync").orFail();
        assertThat(isThere(certificate)).isTrue();
    }

    @Test
    @Order(5)
    void logoutTakesItAwayAndLoginBringsItBack() throws Exception {
        machine.custodian("logout").orFail();
        assertThat(isThere(certificate)).isFalse();
        machine.custodian("login").orFail();
        assertThat(isThere(certificate)).isTrue();
    }

    @Test
    @Order(6)
    void deviceThatIsRemovedShowsNone() throws Exception {
        var listed = machine.custodian("device", "list", "--json").orFail().out().strip();
        var devices = Json.members(Json.parse(Bytes.utf8(listed), 1 << 20), "devices");
        var address = devices.text("address");
        var ours = Json.members(devices.items("devices").getFirst(), "a device");
        try (var desk = Machine.in(scratch.resolve("desk"))) {
            desk.start();
            desk.types(WindowsAgent.PIN);
            var join = new String[] {"join", address, "--name", "desk", "--no-wait"};
            desk.custodian(join).orFail();
            var approving = machine.begin("device", "approve");
            machine.approve("Let a new device");
            WindowsAgent.ended(approving).orFail();
            desk.custodian(join).orFail();
            desk.custodian("device", "remove", ours.text("device")).orFail();
        }
        assertThat(machine.custodian("credential", "list", "--sync").exit()).isEqualTo(1);
        assertThat(isThere(certificate)).isFalse();
    }
}
