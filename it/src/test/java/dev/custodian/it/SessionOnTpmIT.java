package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.device.TpmOfMachine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// The same with the device key of each machine in a simulated TPM of its own, and what becomes of
/// a device whose TPM is another one, or away, or was cleared.
@OnTpm
class SessionOnTpmIT extends SessionIT {
    @Override
    String keyFile() {
        return "keys";
    }

    @Override
    String withoutKey() {
        return "belongs to another device";
    }

    @Test
    @Order(10)
    void statusAndQuestionsSayWhereTheKeyIs() throws Exception {
        assertThat(desk().custodian("status").out())
                .contains("device key: TPM (", "SIMULATED", "protects nothing");
        assertThat(desk().custodian("doctor").out()).contains("stores: well. TPM (");
        for (var secret : new String[] {"session", "device.share"}) {
            assertThat(Files.readAllBytes(desk().state().resolve(secret)))
                    .startsWith("CUSTODIAN-SEALED".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(desk().state().resolve("device.p8")).doesNotExist();
    }

    /// That the right TPM is all that it takes shows the copy with the same one, in the test
    /// before.
    @Test
    @Order(14)
    void copyOfTheWholeFolderIsWorthNothingWithAnotherTpm() throws Exception {
        try (var clone = thief(desk(), Machine.in(scratch().resolve("clone")))) {
            for (var words : new String[] {"credential list --sync", "login"}) {
                var ran = clone.custodian(words.split(" "));
                assertThat(ran.exit()).isEqualTo(1);
                assertThat(ran.err())
                        .contains("belongs to another device", "enrol this machine anew");
            }
            assertThat(state(clone)).isEqualTo("logged-out");
            assertThat(clone.custodian("status").out())
                    .contains("device key is away: ", "enrol this machine anew");
            assertThat(clone.custodian("doctor").out()).contains("device: BROKEN");
        }
        desk().custodian("credential", "list", "--sync").orFail();
    }

    /// A TPM that nobody answers for.
    private record Away() implements StoreOfMachine {
        @Override
        public String option() {
            return "tpm:/nowhere/tpm";
        }

        @Override
        public Map<String, String> environment() {
            return Map.of();
        }

        @Override
        public void close() {
            // nothing runs
        }
    }

    @Test
    @Order(15)
    void folderWithoutItsTpmIsWorthNothingUntilItIsBack() throws Exception {
        desk().end();
        var away = thief(desk(), Machine.in(scratch().resolve("away"), new Away()));
        try {
            var ran = away.custodian("credential", "list", "--sync");
            assertThat(ran.exit()).isEqualTo(1);
            assertThat(ran.err())
                    .contains("cannot be reached", "Attach it again", "enrol this machine anew");
            assertThat(away.custodian("status").out()).contains("device key is away: ");
            // what may come back is no reason to become another device
            assertThat(away.custodian("join", "nonsense").err())
                    .contains("a device of an owner already");
        } finally {
            away.end();
        }
        desk().start();
        desk().custodian("credential", "list", "--sync").orFail();
    }

    @Test
    @Order(25)
    void clearedTpmLeadsToARecoveryAndIsNeverASilentLoss() throws Exception {
        laptop().end();
        ((TpmOfMachine) laptop().store()).clear();
        laptop().start();
        var ran = laptop().custodian("credential", "list", "--sync");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("was cleared", "enrol this machine anew");
        assertThat(laptop().custodian("status").out()).contains("device key is away: ");

        laptop().types("", "274913", code());
        var first = json(laptop().custodian("recover", "--name", "again", "--json"));
        assertThat(first.text("state")).isEqualTo("waiting");
        assertThat(laptop().asked()).anyMatch(asked -> asked.contains("former device key"));
        var done = json(laptop().custodian("recover", "--name", "again", "--json"));
        assertThat(done.text("state")).isEqualTo("joined");
        assertThat(state(laptop())).isEqualTo("logged-in");
        laptop().custodian("credential", "list", "--sync").orFail();
    }

    /// The same machine whose TPM is lost for good, and which has no other one.
    @Test
    @Order(31)
    void lostTpmLeadsToARecoveryAndIsNeverASilentLoss() throws Exception {
        var address = address(laptop());
        var newest = laptop().shownCode();
        laptop().end();
        try (var left = Machine.in(laptop().home(), new FilesOfMachine())) {
            left.start();
            left.types("", "274913", newest);
            assertThat(left.custodian("credential", "list", "--sync").err())
                    .contains("enrol this machine anew");
            // what the lost one sealed is kept until the person says otherwise
            var ran = left.custodian("recover", "--name", "left");
            assertThat(ran.exit()).isEqualTo(1);
            assertThat(ran.err())
                    .contains(
                            "sealed by a TPM",
                            "Move the folder " + left.state() + " away",
                            "custodian recover " + address);
            assertThat(left.asked()).isEmpty();

            left.end();
            Files.move(left.state(), left.home().resolve("away"));
            left.start();
            left.types("", "274913", newest);
            var first = json(left.custodian("recover", address, "--name", "left", "--json"));
            assertThat(first.text("state")).isEqualTo("waiting");
            var done = json(left.custodian("recover", address, "--name", "left", "--json"));
            assertThat(done.text("state")).isEqualTo("joined");
            left.custodian("credential", "list", "--sync").orFail();
        }
    }
}
