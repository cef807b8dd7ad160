package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.device.CardOfMachine;
import dev.custodian.it.device.TpmOfMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A machine's stores of device keys as a person sees them, and what is done to the keys in them.
/// TPM, card and reader are simulated.
class DeviceKeysIT {
    private static final String PIN = "274913";
    private static final String WRONG_KEY = "00112233445566778899aabbccddeeff0011223344556677";

    @TempDir Path folder;

    private Installation installation;
    private Serving serving;

    @BeforeEach
    void start() throws Exception {
        installation = Installation.in(folder);
        serving = installation.serve();
    }

    @AfterEach
    void stop() throws Exception {
        serving.close();
    }

    /// A machine with a TPM and a card, of which an enrolment takes the best.
    private record Both(TpmOfMachine tpm, CardOfMachine card) implements StoreOfMachine {
        @Override
        public String option() {
            return tpm.option().replaceFirst("^tpm:", "best:");
        }

        @Override
        public Map<String, String> environment() {
            return card.environment();
        }

        @Override
        public void ended() {
            tpm.ended();
        }

        @Override
        public void close() {
            card.close();
            tpm.close();
        }
    }

    /// One with a card at the most, of which an enrolment takes the best.
    ///
    /// @param environment where the service for smart cards is
    private record NoTpm(Map<String, String> environment) implements StoreOfMachine {
        @Override
        public String option() {
            return "best:/nowhere/tpm";
        }

        @Override
        public void close() {
            // the test does
        }
    }

    /// A machine whose person knows what the card wants.
    private Machine started(Path home, StoreOfMachine store) throws Exception {
        var machine = Machine.in(home, store);
        machine.start();
        machine.managementKey(CardOfMachine.MANAGEMENT_KEY);
        machine.cardPin(CardOfMachine.PIN);
        machine.types("", PIN, "");
        return machine;
    }

    private String join(Machine machine) throws Exception {
        machine.types("", PIN, "");
        var invitation = installation.invite(serving.url()).expose();
        var said = machine.custodian("join", invitation, "--name", "desk").orFail().out();
        machine.types(PIN);
        return said;
    }

    private static List<String> keys(Machine machine) throws Exception {
        return machine.custodian("device", "stores")
                .orFail()
                .out()
                .lines()
                .filter(line -> line.startsWith("key: "))
                .map(line -> line.substring(5))
                .toList();
    }

    private static String create(Machine machine, String store, String name) throws Exception {
        var told = machine.custodian("device", "create", "--store", store, name).orFail().out();
        assertThat(told)
                .contains("type: P-256\n", "SIMULATED: HARDWARE_CLAIMED", "public key: ")
                .contains("used for: nothing by this agent");
        var first = told.lines().findFirst().orElseThrow();
        assertThat(first).startsWith("key: custodian-key:");
        return first.substring(5);
    }

    /// Not done, with these words, after so many questions.
    private static void refused(Machine machine, int questions, String what, String... words)
            throws Exception {
        machine.types(PIN);
        var ran = machine.custodian(words);
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(1);
        assertThat(ran.err())
                .contains("The store of device keys did not do it.", what)
                .contains("See what there is: custodian device stores.");
        assertThat(machine.asked()).as(ran.toString()).hasSize(questions);
    }

    @Test
    void keysOfTpmAndCardAreMadeShownAndDeletedAndTheDevicesOwnIsNot() throws Exception {
        var home = folder.resolve("desk");
        var card = CardOfMachine.startWithPin();
        try (var desk = started(home, new Both(TpmOfMachine.start(home), card))) {
            assertThat(desk.custodian("device", "stores").orFail().out())
                    .containsSubsequence(
                            "TPM: TPM (IBM SW TPM), SIMULATED: HARDWARE_CLAIMED.",
                            "smart card: smart card (Virtual PCD 00 00), SIMULATED:"
                                    + " HARDWARE_CLAIMED.",
                            "key: custodian-key:piv:serial=",
                            ";slot=9a",
                            "this folder: The device key is a file");
            assertThat(join(desk)).contains("device key: TPM (IBM SW TPM), SIMULATED.");
            assertThat(desk.custodian("status").out())
                    .contains("device key: TPM (IBM SW TPM), SIMULATED.")
                    .doesNotContain("no better store");
            var own = keys(desk).getFirst();
            assertThat(own).startsWith("custodian-key:tpm:").contains("/keys/device-");

            var ofTpm = create(desk, "tpm", "work");
            var ofCard = create(desk, "card", "9c");
            assertThat(ofTpm).endsWith("/keys/work.pem");
            assertThat(ofCard).endsWith(";slot=9c");
            assertThat(keys(desk)).contains(own, ofTpm, ofCard).hasSize(4);
            assertThat(desk.custodian("device", "show", ofCard).out())
                    .contains("PIN: 3 of 3 tries are left.");
            assertThat(desk.custodian("device", "show", own).out())
                    .contains("used for: the device that this machine is");

            refused(
                    desk,
                    0,
                    "It is the key of the device that this machine is: nothing was deleted.",
                    "device",
                    "delete",
                    own);
            for (var key : List.of(ofTpm, ofCard)) {
                assertThat(desk.custodian("device", "delete", key).orFail().out())
                        .isEqualTo(key + " is deleted.\n");
                for (var word : List.of("show", "delete")) {
                    refused(desk, 0, "List the keys and choose one of them.", "device", word, key);
                }
            }
            assertThat(keys(desk)).contains(own).hasSize(2);
            desk.types(PIN, "860427", "");
            desk.custodian("pin", "change").orFail();
        }
    }

    @Test
    void whatCannotBeMadeIsSaidBeforeAnySecretIsAskedForWhereTheStoreKnows() throws Exception {
        var home = folder.resolve("desk");
        var card = CardOfMachine.startWithPin();
        try (var desk = started(home, new Both(TpmOfMachine.start(home), card))) {
            create(desk, "tpm", "work");
            refused(desk, 0, "Choose another name", "device", "create", "--store", "tpm", "work");
            refused(
                    desk,
                    0,
                    "Slot 9a holds it. Choose another name, or delete the key first.",
                    "device",
                    "create",
                    "--store",
                    "card",
                    "9a");
            refused(
                    desk,
                    0,
                    "A card's key is named by its slot: 9a, 9c, 9d, 9e, or 82 to 95.",
                    "device",
                    "create",
                    "--store",
                    "card",
                    "f9");
            var software = desk.custodian("device", "create", "--store", "software", "work");
            assertThat(software.exit()).isEqualTo(2);
            assertThat(software.err())
                    .contains("Keys are made in one of: tpm, card.")
                    .doesNotContain("java");
            assertThat(desk.custodian("device", "show", "work").exit()).isEqualTo(2);

            desk.cardPin("999999");
            refused(
                    desk,
                    2,
                    "The PIN is not the right one.",
                    "device",
                    "create",
                    "--store",
                    "card",
                    "9c");
            desk.cardPin(CardOfMachine.PIN);
            desk.managementKey(WRONG_KEY);
            refused(
                    desk,
                    2,
                    "The card has another management key. Try again with its own",
                    "device",
                    "create",
                    "--store",
                    "card",
                    "9c");
            var there = keys(desk).getLast();
            assertThat(there).endsWith(";slot=9a");
            refused(desk, 1, "Try again with its own", "device", "delete", there);
            assertThat(keys(desk)).hasSize(2);

            // that it was the secrets alone
            desk.managementKey(CardOfMachine.MANAGEMENT_KEY);
            create(desk, "card", "9c");
            card.pull();
            refused(desk, 0, "No reader has a card.", "device", "create", "--store", "card", "9d");
        }
    }

    @Test
    void bestTakesTheCardWhereThereIsNoTpmAndSaysSo() throws Exception {
        try (var card = CardOfMachine.startWithPin();
                var desk = started(folder.resolve("desk"), new NoTpm(card.environment()))) {
            assertThat(join(desk)).contains("device key: smart card (Virtual PCD 00 00)");
            assertThat(desk.custodian("status").out())
                    .contains("device key: smart card (Virtual PCD 00 00), SIMULATED.")
                    .contains("no better store: TPM (/nowhere/tpm): ", "No TPM answers at");
            refused(desk, 0, "nothing was deleted", "device", "delete", keys(desk).getLast());
        }
    }

    @Test
    void bestTakesAFileWhereThereIsNeitherAndSaysSo() throws Exception {
        var nowhere = Files.createDirectory(folder.resolve("nowhere")).resolve("pcscd.comm");
        var environment = Map.of("PCSCLITE_CSOCK_NAME", nowhere.toString());
        try (var desk = started(folder.resolve("desk"), new NoTpm(environment))) {
            assertThat(join(desk)).contains("device key: The device key is a file");
            assertThat(desk.custodian("status").out())
                    .contains("device key: The device key is a file")
                    .contains("no better store: TPM (/nowhere/tpm): ", "smart card (any reader): ");
            assertThat(desk.custodian("device", "stores").out())
                    .contains("TPM: TPM (/nowhere/tpm): ", "smart card: smart card (any reader): ")
                    .contains("this folder: The device key is a file");
            refused(
                    desk,
                    0,
                    "No TPM answers at /nowhere/tpm. Attach it again, then try again.",
                    "device",
                    "create",
                    "--store",
                    "tpm",
                    "work");
            refused(
                    desk,
                    0,
                    "Attach the device, or turn it on in the firmware's settings; or use another"
                            + " store.",
                    "device",
                    "create",
                    "--store",
                    "card",
                    "9c");
        }
    }
}
