package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.Challenge;
import dev.custodian.core.attest.Endorsement;
import dev.custodian.core.attest.OpenChallenge;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.vault.Vault;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/// Questions to TPMs that nobody stores: the device keeps each, sealed by the vault for this device
/// alone, and brings it with the answer. So any node can judge it, and the database holds nothing
/// of the TPM's certificate.
final class Questions {
    /// How long a TPM has to answer.
    static final Duration LIFE = Duration.ofMinutes(5);

    private static final Bytes CONTEXT = Bytes.utf8("custodian/proof-question/1");
    private static final int KEY = 32;

    private final Vault vault;
    private final Clock clock;

    Questions(Vault vault, Clock clock) {
        this.vault = vault;
        this.clock = clock;
    }

    /// A question with the secret in it, and the claim that it was asked for.
    record Asked(Secret key, Challenge challenge, Bytes claim) implements AutoCloseable {
        /// @param of the claim, judged anew
        OpenChallenge open(Endorsement of) {
            return new OpenChallenge(of, challenge, key);
        }

        @Override
        public void close() {
            key.close();
        }
    }

    private static Bytes context(Id device) {
        return Bytes.join(CONTEXT, Bytes.utf8(device.text()));
    }

    /// Seals `u64 end (ms) | key (32) | u16 length, challenge | claim`.
    Bytes keep(Id device, Secret key, Bytes challenge, Bytes claim) {
        var head =
                ByteBuffer.allocate(Long.BYTES + KEY + Short.BYTES)
                        .putLong(clock.instant().plus(LIFE).toEpochMilli())
                        .put(key.expose())
                        .putShort((short) challenge.size());
        var octets = Bytes.concat(Bytes.of(head.array()), challenge, claim).toArray();
        try (var secret = Secret.owning(octets)) {
            return vault.wrap(context(device), secret);
        } finally {
            Arrays.fill(head.array(), (byte) 0);
        }
    }

    /// Opens what [#keep] made for this device; refused after minutes.
    Asked open(Id device, Bytes state) throws Refused {
        try (var secret = vault.unwrap(context(device), state)) {
            var in = ByteBuffer.wrap(secret.expose());
            var end = Instant.ofEpochMilli(in.getLong());
            if (!end.isAfter(clock.instant())) {
                throw gone();
            }
            var key = new byte[KEY];
            in.get(key);
            var challenge = new byte[Short.toUnsignedInt(in.getShort())];
            in.get(challenge);
            var claim = new byte[in.remaining()];
            in.get(claim);
            return new Asked(
                    Secret.owning(key), Challenge.decode(Bytes.of(challenge)), Bytes.of(claim));
        } catch (GeneralSecurityException e) {
            throw gone();
        } catch (MalformedException e) {
            throw new IllegalStateException("a question that the vault sealed", e);
        }
    }

    /// Uses a question up: whether the answer is right or not, there is no other one to it.
    void take(Journal journal, Bytes question) throws Refused {
        var end = clock.instant().plus(LIFE);
        boolean first = journal.write((tx, _) -> tx.takeJti(question, end));
        if (!first) {
            throw new Refused(FailureKind.HARDWARE_NOT_PROVED, "The question was answered before.");
        }
    }

    private static Refused gone() {
        return new Refused(
                FailureKind.HARDWARE_NOT_PROVED,
                "This device was not asked that, or too long ago: begin anew.");
    }
}
