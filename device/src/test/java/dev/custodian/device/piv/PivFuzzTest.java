package dev.custodian.device.piv;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/// Whatever a card answers, it is read or refused.
class PivFuzzTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final PivKey EC = new FakeCard(PivAlgorithm.P256).key();

    /// The first octet says what is done; then the answers, `u16` length before each.
    @FuzzTest
    void answersToAllThatIsDoneAreReadOrRefused(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var answers = ByteBuffer.wrap(input, 1, input.length - 1);
        try (var pin = Secret.owning("123456".getBytes(StandardCharsets.US_ASCII));
                var managementKey = Secret.owning(new byte[24])) {
            var connection = new Answers(answers, (input[0] & 0x80) != 0);
            act(input[0] & 0x7f, new PivCard(connection, RANDOM), pin, managementKey);
        } catch (IOException e) {
            return;
        }
    }

    private static void act(int what, PivCard card, Secret pin, Secret managementKey)
            throws IOException {
        switch (what) {
            case 0 -> require(card.pinState().left() >= PinState.UNKNOWN);
            case 1 -> require(bits(card.key(Slot.AUTHENTICATION)) >= 256);
            case 2 ->
                    require(
                            card.certificate(Slot.SIGNATURE)
                                    .map(one -> one.getVersion() > 0)
                                    .orElse(true));
            case 3 -> require(card.attest(Slot.SIGNATURE).map(one -> one.size() == 2).orElse(true));
            case 4 -> require(card.serial().orElse(0) >= 0);
            case 5 -> require(card.firmware().map(one -> one.major() >= 0).orElse(true));
            case 6 -> require(card.guid().map(one -> one.size() >= 0).orElse(true));
            case 7 -> card.changePin(pin, pin);
            case 8 ->
                    throw new AssertionError(
                            "the key of nobody: "
                                    + card.generate(
                                            Slot.AUTHENTICATION, PivAlgorithm.P256, managementKey));
            default ->
                    throw new AssertionError(
                            "a signature by nobody: "
                                    + card.sign(
                                            EC, Scheme.ECDSA_SHA256, Bytes.of(new byte[32]), pin));
        }
    }

    private static int bits(PivKey key) {
        return key.algorithm().bits();
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new AssertionError();
        }
    }

    /// A public key of each kind, by the first octet.
    @FuzzTest
    void publicKeyIsReadOrRefused(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var algorithms = PivAlgorithm.values();
        var algorithm = algorithms[(input[0] & 0xff) % algorithms.length];
        try {
            var key = PublicKeys.read(algorithm, Bytes.of(input).slice(1, input.length));
            require(PivAlgorithm.of(key) == algorithm);
        } catch (MalformedException e) {
            return;
        }
    }

    @FuzzTest
    void signatureIsReadOrRefused(byte[] der) {
        try {
            require(Signatures.fixed(Bytes.of(der), 32).size() == 64);
        } catch (MalformedException e) {
            return;
        }
    }

    @FuzzTest
    void certificateObjectIsReadOrRefused(byte[] object) {
        try {
            require(
                    !CertificateObject.parse(CertificateObject.read(Bytes.of(object)))
                            .toString()
                            .isEmpty());
        } catch (MalformedException e) {
            return;
        }
    }

    /// The answers one after the other, then none.
    private record Answers(ByteBuffer input, boolean extendedLength) implements CardConnection {
        @Override
        public byte[] transmit(byte[] command) {
            if (input.remaining() < 2) {
                return new byte[0];
            }
            var answer = new byte[Math.min(input.getShort() & 0xffff, input.remaining())];
            input.get(answer);
            return answer;
        }

        @Override
        public void begin() {}

        @Override
        public void end() {}

        @Override
        public void reset() {}

        @Override
        public void reconnect() {}

        @Override
        public void close() {}
    }
}
