package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.device.CardOfMachine;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// A device key on a card that wants its PIN: how often the person is asked, and what is said
/// before. Each step goes on where the one before ended. Card and reader are simulated.
@TestMethodOrder(OrderAnnotation.class)
class CardPinIT {
    private static final String PIN = "274913";
    private static final String OTHER_PIN = "860427";
    private static final String WRONG = "999999";

    @TempDir static Path scratch;

    private static Installation installation;
    private static Serving serving;
    private static CardOfMachine card;
    private static Machine desk;

    @BeforeAll
    static void start() throws Exception {
        installation = Installation.in(scratch);
        serving = installation.serve();
        card = CardOfMachine.startWithPin();
        desk = Machine.in(scratch.resolve("desk"), card);
        desk.start();
    }

    @AfterAll
    static void stop() throws Exception {
        desk.close();
        serving.close();
    }

    private static long asks() throws Exception {
        return desk.asked().stream().filter(one -> one.startsWith("The PIN of your smart")).count();
    }

    private static void again() throws Exception {
        desk.end();
        desk.start();
        desk.types(PIN);
    }

    @Test
    @Order(1)
    void enrolmentTellsTheTriesBeforeEachPinAndWarnsOfTheLast() throws Exception {
        desk.types("", PIN, "");
        desk.cardPin(WRONG + "\n" + WRONG + "\n" + CardOfMachine.PIN + "\n");
        var invitation = installation.invite(serving.url()).expose();
        desk.custodian("join", invitation, "--name", "desk").orFail();

        var asked =
                desk.asked().stream()
                        .filter(one -> one.startsWith("The PIN of your smart"))
                        .toList();
        assertThat(asked).hasSize(3);
        for (var each : asked) {
            assertThat(each).contains("|device key (computed here):|", "smart card (Virtual PCD");
        }
        assertThat(asked.get(0)).contains("3 of 3 tries are left").doesNotContain("locks the card");
        assertThat(asked.get(1)).contains("last try", "2 of 3 tries are left");
        assertThat(asked.get(2))
                .contains("1 of 3 tries are left", "One more wrong PIN locks the card");
        assertThat(desk.custodian("status").out())
                .contains("device key: smart card (Virtual PCD", "SIMULATED");
        assertThat(desk.log()).doesNotContain(WRONG, CardOfMachine.PIN);
    }

    @Test
    @Order(2)
    void pinIsGivenOnceFromLoginToLogout() throws Exception {
        again();
        assertThat(desk.custodian("status").out()).contains("locked by its card's PIN");
        var refused = desk.custodian("credential", "list", "--sync");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("locked: by its passphrase, the PIN of its card, or");
        assertThat(asks()).isZero();

        desk.cardPin(CardOfMachine.PIN);
        desk.custodian("login").orFail();
        desk.types(PIN, OTHER_PIN, "");
        desk.custodian("credential", "list", "--sync").orFail();
        desk.custodian("pin", "change").orFail();
        desk.types(OTHER_PIN, PIN, "");
        desk.custodian("pin", "change").orFail();
        assertThat(asks()).isZero();

        desk.custodian("logout").orFail();
        assertThat(desk.custodian("status").out()).contains("locked by its card's PIN");
        desk.custodian("login").orFail();
        assertThat(asks()).isOne();
    }

    /// Each change of the PIN is approved with the device key.
    @Test
    @Order(3)
    void makingAndDeletingAnotherKeyOnTheCardLeavesTheLoginAsItIs() throws Exception {
        desk.types(PIN, OTHER_PIN, "");
        desk.managementKey(CardOfMachine.MANAGEMENT_KEY);
        desk.custodian("device", "create", "--store", "card", "9c").orFail();
        assertThat(asks()).as("for the key that is made").isOne();
        desk.custodian("pin", "change").orFail();

        desk.managementKey("00112233445566778899aabbccddeeff0011223344556677");
        var other = slot("9c");
        assertThat(desk.custodian("device", "delete", other).err()).contains("management key");
        desk.managementKey(CardOfMachine.MANAGEMENT_KEY);
        desk.custodian("device", "delete", other).orFail();
        assertThat(desk.custodian("device", "delete", slot("9a")).err())
                .contains("nothing was deleted");
        desk.types(OTHER_PIN, PIN, "");
        desk.custodian("pin", "change").orFail();
        desk.custodian("credential", "list", "--sync").orFail();
        assertThat(asks()).isZero();
        assertThat(desk.custodian("status").out())
                .contains("session: logged in")
                .doesNotContain("went wrong last");
    }

    private static String slot(String name) throws Exception {
        return desk.custodian("device", "stores")
                .orFail()
                .out()
                .lines()
                .filter(line -> line.endsWith(";slot=" + name))
                .map(line -> line.substring("key: ".length()))
                .findFirst()
                .orElseThrow();
    }

    /// The login holds the PIN, which may be a former one by now.
    @Test
    @Order(4)
    void lastTryThatAnotherProgramLeftIsAPersons() throws Exception {
        card.tries(scratch, WRONG);
        card.tries(scratch, WRONG);
        int before = card.pinsSeen();
        desk.types(PIN, OTHER_PIN, "");
        assertThat(desk.custodian("pin", "change").exit()).isEqualTo(1);
        assertThat(desk.custodian("status").out()).contains("locked by its card's PIN");
        assertThat(card.pinsSeen()).isEqualTo(before);
        assertThat(asks()).isZero();

        desk.cardPin(CardOfMachine.PIN);
        desk.custodian("login").orFail();
        assertThat(asks()).isOne();
        assertThat(desk.asked().getLast())
                .contains("1 of 3 tries are left", "One more wrong PIN locks the card");
        desk.types(PIN, OTHER_PIN, "");
        desk.custodian("pin", "change").orFail();
        desk.types(OTHER_PIN, PIN, "");
        desk.custodian("pin", "change").orFail();
        assertThat(asks()).isZero();
    }

    @Test
    @Order(5)
    void wrongPinsToTheLastTryLockTheCardAndNoMoreIsAsked() throws Exception {
        again();
        desk.cardPin(WRONG + "\n" + WRONG + "\n" + WRONG + "\n");
        assertThat(desk.custodian("login").exit()).isEqualTo(1);
        assertThat(desk.asked().getLast()).contains("One more wrong PIN locks the card");
        assertThat(asks()).isEqualTo(3);

        desk.cardPin(CardOfMachine.PIN);
        var ran = desk.custodian("login");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("takes no PIN any more", "PUK");
        assertThat(asks()).isEqualTo(3);
    }

    @Test
    @Order(6)
    void pulledCardIsSaidAndTheFolderIsWorthNothingWithoutIt() throws Exception {
        again();
        card.pull();
        var ran = desk.custodian("login");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("The device key cannot be used");
        assertThat(desk.custodian("doctor").out()).contains("device: BROKEN");
    }
}
