package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.device.CardOfMachine;
import dev.custodian.it.device.TpmOfMachine;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From the start of the shipped agent until its session is ready, with the device key in a file,
/// in a TPM and on a card, both simulated. `make bench` runs it; it asserts that each answer came,
/// and no speed.
class SessionSpeed {
    private static final Path FIGURES = Path.of("target/session-speed.txt");
    private static final String PIN = "274913";
    private static final int ROUNDS = 10;

    @TempDir Path scratch;

    @Test
    void agentStartToSessionReady() throws Exception {
        var installation = Installation.in(scratch);
        var machines = new LinkedHashMap<String, Machine>();
        try (var serving = installation.serve()) {
            machines.put("file", machine("file", new FilesOfMachine()));
            machines.put("TPM", machine("tpm", TpmOfMachine.start(scratch.resolve("tpm"))));
            machines.put("card", machine("card", CardOfMachine.start()));
            for (var machine : machines.values()) {
                machine.start();
                machine.types("", PIN, "");
                var invitation = installation.invite(serving.url()).expose();
                machine.custodian("join", invitation).orFail();
            }
            var times = new Times();
            for (int i = 0; i < ROUNDS; i++) {
                for (var one : machines.entrySet()) {
                    start(one, times);
                }
            }
            assertThat(times.count("TPM: until the first answer")).isEqualTo(ROUNDS);
            times.write(
                    FIGURES,
                    "The agent's start with a device key, P-256, simulated TPM and card, until"
                            + " it serves and until a command has its answer from the server:");
        } finally {
            machines.values().forEach(Machine::close);
        }
    }

    private Machine machine(String name, StoreOfMachine store) throws Exception {
        return Machine.in(scratch.resolve(name + "-home"), store);
    }

    private static void start(Map.Entry<String, Machine> one, Times times) throws Exception {
        var name = one.getKey();
        var machine = one.getValue();
        machine.end();
        long began = System.nanoTime();
        machine.start();
        times.add(name + ": until it serves", System.nanoTime() - began);
        machine.custodian("credential", "list", "--sync").orFail();
        times.add(name + ": until the first answer", System.nanoTime() - began);
        times.take(
                name + ": the same command again",
                () -> machine.custodian("credential", "list", "--sync").orFail());
    }
}
