package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/// The same with the device key of each machine in a simulated TPM of its own.
@OnTpm
class AgentByTlsOnTpmIT extends AgentByTlsIT {
    /// The TPM seals the file. That a login is bound by TLS shows that it is worth nothing any more
    /// where the server wants proofs instead.
    @Override
    void requireBound(Machine machine, boolean byTls) throws Exception {
        assertThat(Files.readAllBytes(machine.state().resolve("session")))
                .startsWith("CUSTODIAN-SEALED".getBytes(StandardCharsets.US_ASCII));
    }

    /// Of a folder that a TPM seals not even the key of another device can be put in place.
    @Override
    void steal(Machine thief, Machine from, Machine other) throws Exception {
        var copy = SessionIT.thief(from, thief);
        var ran = copy.custodian("credential", "list", "--sync");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("belongs to another device", "enrol this machine anew");
        assertThat(copy.custodian("status").out()).contains("device key is away: ");
    }
}
