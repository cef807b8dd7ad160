package dev.custodian.device.tpm;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import dev.custodian.core.attest.Challenge;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;

/// Whatever a TPM answers and whatever stands in a key file, it is read or refused.
class TpmFuzzTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @FuzzTest
    void answerIsReadOrRefused(byte[] answer) {
        try (var tpm = new Tpm(new Played(new byte[][] {answer}), 0)) {
            requireNoMore(tpm.handles(0x80000000).size());
        } catch (IOException e) {
            return;
        }
    }

    private static void requireNoMore(int handles) {
        if (handles > 254) {
            throw new AssertionError("more handles than asked for");
        }
    }

    /// The first octet says what is done; then the bodies of the answers, `u16` length before each.
    @FuzzTest
    void answersToAllThatIsDoneAreReadOrRefused(byte[] input) {
        if (input.length == 0) {
            return;
        }
        try (var tpm = new Tpm(new Bodies(ByteBuffer.wrap(input, 1, input.length - 1)), 0)) {
            if (input[0] == 0) {
                tpm.flushAll();
                if (tpm.lockout().triesLeft() < 0) {
                    throw new AssertionError("fewer tries than none");
                }
                return;
            }
            if (input[0] == 5) {
                attest(tpm);
                return;
            }
            try (var storage = TpmStorage.preferred(tpm, RANDOM)) {
                act(input[0], storage);
            }
        } catch (IOException e) {
            return;
        }
    }

    private static void attest(Tpm tpm) throws IOException {
        var challenge = new Challenge(Bytes.of(new byte[32]), Bytes.EMPTY, Bytes.EMPTY);
        for (var ek : EndorsementKey.of(tpm, RANDOM)) {
            try (var storage = TpmStorage.preferred(tpm, RANDOM)) {
                var answer = ek.answer(storage, EC, challenge, null);
                if (answer.encode().size() > 2000) {
                    throw new AssertionError("an answer of " + answer.encode().size());
                }
            }
        }
    }

    private static void act(int what, TpmStorage storage) throws IOException {
        switch (what) {
            case 1 -> {
                var made = storage.create(KeyAlgorithm.P256, null);
                throw new AssertionError("a session with nobody: " + made);
            }
            case 2 -> {
                try (var opened = storage.unseal(EC, null)) {
                    throw new AssertionError("a session with nobody: " + opened);
                }
            }
            case 3 -> {
                try (var key = storage.load(RSA)) {
                    int salt = key.saltLength(HashAlgorithm.SHA256, null);
                    throw new AssertionError("a signature by nobody: " + salt);
                }
            }
            default -> {
                try (var key = storage.load(EC)) {
                    var signature = key.sign(Scheme.ECDSA_SHA256, Bytes.of(new byte[32]), null);
                    if (signature.size() != 64) {
                        throw new AssertionError("a signature of " + signature.size());
                    }
                }
            }
        }
    }

    @FuzzTest
    void keyFileIsRefusedOrReadsTheSameAgain(byte[] der) throws MalformedException {
        TpmKeyFile file;
        try {
            file = TpmKeyFile.decode(der);
        } catch (MalformedException e) {
            return;
        }
        if (!TpmKeyFile.decode(file.encode()).equals(file)
                || !TpmKeyFile.parse(file.pem()).equals(file)) {
            throw new AssertionError(file.pem());
        }
        try {
            if (!file.area().publicKey().getAlgorithm().startsWith(family(file))) {
                throw new AssertionError(file.pem());
            }
        } catch (MalformedException e) {
            return;
        }
    }

    private static String family(TpmKeyFile file) throws MalformedException {
        return file.area().algorithm().family().name();
    }

    @FuzzTest
    void pemIsRefusedOrReadsTheSameAgain(byte[] text) throws MalformedException {
        TpmKeyFile file;
        try {
            file = TpmKeyFile.parse(new String(text, StandardCharsets.ISO_8859_1));
        } catch (MalformedException e) {
            return;
        }
        if (!TpmKeyFile.parse(file.pem()).equals(file)) {
            throw new AssertionError(file.pem());
        }
    }

    private static final TpmKeyFile EC =
            file(
                    new TpmPublic.Ecc(
                            TpmPublic.Symmetric.NONE,
                            TpmPublic.AsymScheme.NONE,
                            Alg.P256,
                            Bytes.EMPTY,
                            Bytes.EMPTY));

    private static final TpmKeyFile RSA =
            file(
                    new TpmPublic.Rsa(
                            TpmPublic.Symmetric.NONE,
                            TpmPublic.AsymScheme.NONE,
                            2048,
                            0,
                            modulus()));

    private static Bytes modulus() {
        var octets = new byte[256];
        Arrays.fill(octets, (byte) 0xff);
        return Bytes.of(octets);
    }

    private static TpmKeyFile file(TpmPublic.Kind kind) {
        return new TpmKeyFile(
                TpmKeyFile.Kind.LOADABLE,
                true,
                Alg.OWNER,
                new TpmPublic(HashAlgorithm.SHA256, 0x40072, Bytes.EMPTY, kind),
                Bytes.EMPTY);
    }

    /// Whole answers, then none.
    private static final class Played implements TpmTransport {
        private final byte[][] answers;
        private int next;

        Played(byte[][] answers) {
            this.answers = answers;
        }

        @Override
        public byte[] call(byte[] command) {
            return next < answers.length ? answers[next++].clone() : new byte[0];
        }

        @Override
        public void close() {}
    }

    /// Answers whose head is right.
    private record Bodies(ByteBuffer input) implements TpmTransport {
        @Override
        public byte[] call(byte[] command) {
            if (input.remaining() < 2) {
                return new byte[0];
            }
            var body = new byte[Math.min(input.getShort() & 0xfff, input.remaining())];
            input.get(body);
            return new TpmWriter()
                    .raw(Arrays.copyOf(command, 2))
                    .u32(Tpm.HEADER + body.length)
                    .u32(0)
                    .raw(body)
                    .toArray();
        }

        @Override
        public void close() {}
    }
}
