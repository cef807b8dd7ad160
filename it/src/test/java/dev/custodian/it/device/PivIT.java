package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.Firmware;
import dev.custodian.core.attest.NotAttestedException;
import dev.custodian.core.attest.PinPolicy;
import dev.custodian.core.attest.PivAttestation;
import dev.custodian.core.attest.TouchPolicy;
import dev.custodian.device.piv.Meaning;
import dev.custodian.device.piv.PinState;
import dev.custodian.device.piv.PivAlgorithm;
import dev.custodian.device.piv.PivException;
import dev.custodian.device.piv.PivKey;
import dev.custodian.device.piv.Slot;
import dev.custodian.device.testing.JdkVerifier;
import dev.custodian.device.testing.SomeCertificate;
import dev.custodian.it.Program;
import dev.custodian.it.device.SimulatedPivCard.Fault;
import dev.custodian.it.device.SimulatedPivCard.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Keys in a PIV card, through pcscd. Card and reader are simulated; the programs that judge are
/// those of others, with the same card.
class PivIT {
    private static final byte[] LETTER = "Dear Charles".getBytes(StandardCharsets.US_ASCII);

    @TempDir Path folder;

    private final Secret pin = CardInReader.secret(SimulatedPivCard.PIN);
    private final Secret wrong = CardInReader.secret("654321");
    private final Secret managementKey = CardInReader.managementKey();
    private CardInReader in;

    @BeforeEach
    void insert() throws Exception {
        in = CardInReader.of(Kind.YUBICO);
    }

    @AfterEach
    void remove() {
        in.close();
    }

    private void insteadOf(Kind kind) throws Exception {
        in.close();
        in = CardInReader.of(kind);
    }

    private static Bytes digest(Scheme scheme) throws Exception {
        return Bytes.of(MessageDigest.getInstance(scheme.hash().jca()).digest(LETTER));
    }

    private static void assertRefused(ThrowingCallable call, Meaning meaning) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PivException.class,
                        e -> assertThat(e.meaning()).as(e.getMessage()).isEqualTo(meaning));
    }

    private PivKey generate(PivAlgorithm algorithm) throws Exception {
        return in.card().generate(Slot.AUTHENTICATION, algorithm, managementKey);
    }

    /// With the certificate that programs of others want to see.
    private PivKey certified(PivAlgorithm algorithm) throws Exception {
        var key = generate(algorithm);
        in.card()
                .putCertificate(
                        key.slot(),
                        SomeCertificate.of(key.publicKey(), "Ada"),
                        false,
                        managementKey);
        return key;
    }

    private void assertSigns(PivKey key) throws Exception {
        for (var scheme : key.algorithm().algorithm().orElseThrow().schemes()) {
            var signature = in.card().sign(key, scheme, digest(scheme), pin);
            assertThat(JdkVerifier.verifies(key.publicKey(), scheme, LETTER, signature))
                    .as(scheme.toString())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "YUBICO, P256",
        "YUBICO, P384",
        "YUBICO, RSA_2048",
        "YUBICO, RSA_3072",
        "YUBICO_AES, P256",
        "PLAIN, P256",
        "PLAIN, P384",
        "PLAIN, RSA_2048"
    })
    void keySignsInEachScheme(Kind kind, PivAlgorithm algorithm) throws Exception {
        insteadOf(kind);
        var key = certified(algorithm);
        assertThat(in.card().key(Slot.AUTHENTICATION)).isEqualTo(key);
        assertSigns(key);
    }

    @Test
    void keyOfEd25519SignsMessages() throws Exception {
        var key = generate(PivAlgorithm.ED25519);
        var signature = in.card().sign(key, Bytes.of(LETTER), pin);
        assertThat(JdkVerifier.verifiesEd25519(key.publicKey(), LETTER, signature)).isTrue();
    }

    @Test
    void signatureThatIsNotTheKeysIsRefused() throws Exception {
        var key = generate(PivAlgorithm.P256);
        in.simulated().has(Fault.LYING_SIGNATURE);
        assertRefused(() -> assertSigns(key), Meaning.WRONG_SIGNATURE);
        in.simulated().isWellAgain();
        assertSigns(key);
    }

    // lengths

    @Test
    void longCommandsAreChainedForACardOfShortOnes() throws Exception {
        insteadOf(Kind.PLAIN);
        var key = certified(PivAlgorithm.RSA_2048);
        var _ = in.simulated().commands(0);
        assertSigns(key);
        var commands = in.simulated().commands(SimulatedPivCard.GENERAL_AUTHENTICATE);
        assertThat(commands).hasSize(2 * 6);
        assertThat(commands.get(0).slice(0, 5)).isEqualTo(Bytes.fromHex("1087079aff"));
        assertThat(commands.get(1).slice(0, 4)).isEqualTo(Bytes.fromHex("0087079a"));
    }

    @Test
    void longCommandsAreExtendedWhereTheAtrSaysSo() throws Exception {
        var key = generate(PivAlgorithm.RSA_2048);
        var _ = in.simulated().commands(0);
        assertSigns(key);
        var commands = in.simulated().commands(SimulatedPivCard.GENERAL_AUTHENTICATE);
        assertThat(commands).hasSize(6);
        assertThat(commands.get(0).slice(0, 5)).isEqualTo(Bytes.fromHex("0087079a00"));
    }

    @ParameterizedTest
    @EnumSource(names = {"LYING_ATR", "BARE_61", "WANTS_EXACT_LE"})
    void oddWaysWithLengthsAreKnown(Fault fault) throws Exception {
        if (fault != Fault.LYING_ATR) {
            insteadOf(Kind.PLAIN);
        }
        in.simulated().has(fault);
        var key = certified(PivAlgorithm.RSA_2048);
        assertThat(in.card().key(Slot.AUTHENTICATION)).isEqualTo(key);
        assertThat(in.card().certificate(Slot.AUTHENTICATION)).isPresent();
        assertSigns(key);
    }

    // certificates

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void certificateIsReadByOthers(boolean compressed) throws Exception {
        var key = generate(PivAlgorithm.RSA_2048);
        var certificate = SomeCertificate.of(key.publicKey(), "Ada");
        in.card().putCertificate(key.slot(), certificate, compressed, managementKey);
        assertThat(in.card().certificate(key.slot())).contains(certificate);
        var openSc = in.run(folder, "pkcs15-tool", "--read-certificate", "01").orFail();
        assertThat(openSc.out()).contains(line(certificate));
        if (!compressed) {
            // this version of it knows no gzip
            var yubico =
                    in.run(
                                    folder,
                                    "yubico-piv-tool",
                                    "-r",
                                    CardInReader.READER,
                                    "-a",
                                    "read-certificate",
                                    "-s",
                                    "9a")
                            .orFail();
            assertThat(yubico.out()).contains(line(certificate));
        }
        in.card().deleteCertificate(key.slot(), managementKey);
        assertThat(in.card().certificate(key.slot())).isEmpty();
    }

    /// The first of its lines in PEM.
    private static String line(X509Certificate certificate) throws Exception {
        return Bytes.of(certificate.getEncoded()).base64().substring(0, 64);
    }

    // the same card with programs of others

    @ParameterizedTest
    @CsvSource({"YUBICO, P256", "PLAIN, RSA_2048"})
    void openScSignsWithOurKey(Kind kind, PivAlgorithm algorithm) throws Exception {
        insteadOf(kind);
        var key = certified(algorithm);
        var scheme = algorithm == PivAlgorithm.P256 ? Scheme.ECDSA_SHA256 : Scheme.RSA_PKCS1_SHA256;
        var letter = Files.write(folder.resolve("letter"), LETTER);
        var digest = Files.write(folder.resolve("digest"), digest(scheme).toArray());
        var ec = algorithm == PivAlgorithm.P256;
        var _ =
                in.run(
                                folder,
                                "pkcs11-tool",
                                "--login",
                                "--pin",
                                SimulatedPivCard.PIN,
                                "--sign",
                                "--id",
                                "01",
                                "-m",
                                ec ? "ECDSA" : "SHA256-RSA-PKCS",
                                "-i",
                                (ec ? digest : letter).toString(),
                                "-o",
                                "signature")
                        .orFail();
        var signature = Bytes.of(Files.readAllBytes(folder.resolve("signature")));
        assertThat(JdkVerifier.verifies(key.publicKey(), scheme, LETTER, signature)).isTrue();
        assertSigns(key);
    }

    @Test
    void keyThatYubicosProgramMadeSigns() throws Exception {
        var _ =
                in.run(
                                folder,
                                "yubico-piv-tool",
                                "-r",
                                CardInReader.READER,
                                "-a",
                                "generate",
                                "-s",
                                "9a",
                                "-A",
                                "ECCP256",
                                "-o",
                                "public.pem")
                        .orFail();
        var key = in.card().key(Slot.AUTHENTICATION);
        assertThat(Files.readString(folder.resolve("public.pem")).replace("\n", ""))
                .contains(Bytes.of(key.publicKey().getEncoded()).base64());
        assertSigns(key);
    }

    @Test
    void tryWithAWrongPinIsSeenByAll() throws Exception {
        assertThat(in.card().pinState()).isEqualTo(new PinState(3, 3));
        assertRefused(() -> in.card().verifyPin(wrong), Meaning.WRONG_PIN);
        assertThat(status()).contains("PIN tries left:\t2");
        assertThat(pin("654321").exit()).isNotZero();
        assertThat(in.card().pinState()).isEqualTo(new PinState(1, 3));
        assertThatThrownBy(() -> in.card().verifyPin(wrong))
                .isInstanceOfSatisfying(
                        PivException.class,
                        e -> {
                            assertThat(e.triesLeft()).isZero();
                            assertThat(e.code()).isIn(0x63c0, 0x6983);
                        });
        assertThat(status()).contains("PIN tries left:\t0");
        assertThat(in.card().pinState().isBlocked()).isTrue();
        assertRefused(() -> in.card().verifyPin(pin), Meaning.PIN_BLOCKED);
        assertThat(pin(SimulatedPivCard.PIN).exit()).isNotZero();
        try (var puk = CardInReader.secret(SimulatedPivCard.PUK)) {
            in.card().unblockPin(puk, pin);
        }
        assertThat(pin(SimulatedPivCard.PIN).orFail().said()).contains("Successfully verified PIN");
    }

    private String status() throws Exception {
        return in.run(folder, "yubico-piv-tool", "-r", CardInReader.READER, "-a", "status")
                .orFail()
                .said();
    }

    private Program.Ran pin(String text) throws Exception {
        return in.run(
                folder,
                "yubico-piv-tool",
                "-r",
                CardInReader.READER,
                "-a",
                "verify-pin",
                "-P",
                text);
    }

    @Test
    void triesOfAPlainCardAreReadWithoutOne() throws Exception {
        insteadOf(Kind.PLAIN);
        assertThat(in.card().pinState()).isEqualTo(new PinState(3, PinState.UNKNOWN));
        assertRefused(() -> in.card().verifyPin(wrong), Meaning.WRONG_PIN);
        for (int i = 0; i < 5; i++) {
            assertThat(in.card().pinState()).isEqualTo(new PinState(2, PinState.UNKNOWN));
        }
        assertThat(in.simulated().pinTries()).isEqualTo(2);
    }

    @Test
    void changedPinIsTheOneThatOthersNeed() throws Exception {
        in.card().changePin(pin, wrong);
        assertThat(pin("654321").orFail().said()).contains("Successfully verified PIN");
        assertRefused(() -> in.card().verifyPin(pin), Meaning.WRONG_PIN);
        in.card().verifyPin(wrong);
    }

    // what happens to cards

    @Test
    void cardThatIsPulledWhileItSignsIsGoneAndGoodAgainLater() throws Exception {
        var key = generate(PivAlgorithm.P256);
        in.simulated().leavesAt(SimulatedPivCard.GENERAL_AUTHENTICATE);
        assertRefused(() -> assertSigns(key), Meaning.CARD_GONE);
        assertRefused(() -> assertSigns(key), Meaning.CARD_GONE);
        in.insertAgain();
        assertSigns(key);
        assertThat(in.card().pinState()).isEqualTo(new PinState(3, 3));
    }

    @Test
    void cardThatIsPulledBetweenIsGone() throws Exception {
        var key = generate(PivAlgorithm.P256);
        in.pull();
        assertRefused(() -> assertSigns(key), Meaning.CARD_GONE);
        assertRefused(() -> CardInReader.reader().connect().close(), Meaning.CARD_GONE);
        in.insertAgain();
        assertSigns(key);
    }

    @Test
    void resetByAnotherProgramCostsOneMoreVerification() throws Exception {
        var key = generate(PivAlgorithm.P256);
        in.card().verifyPin(pin);
        var _ = in.run(folder, "opensc-tool", "--reset=cold").orFail();
        int before = in.simulated().pinsSeen();
        assertSigns(key);
        assertThat(in.simulated().pinsSeen()).isEqualTo(before + 3);
    }

    @Test
    void cardThatForgotThePinInBetweenIsToldOnceMore() throws Exception {
        var key = generate(PivAlgorithm.P256);
        in.simulated().forgetsAt(SimulatedPivCard.GENERAL_AUTHENTICATE);
        int before = in.simulated().pinsSeen();
        assertSigns(key);
        assertThat(in.simulated().pinsSeen()).isEqualTo(before + 4);
    }

    /// A program that knows no PIN signs with none after us.
    @ParameterizedTest
    @CsvSource({"YUBICO,", "PLAIN,", "YUBICO, KEEPS_PIN", "PLAIN, FEIGNS_TO_FORGET"})
    void pinIsNotLeftVerifiedForOthers(Kind kind, @Nullable Fault fault) throws Exception {
        insteadOf(kind);
        var key = certified(PivAlgorithm.P256);
        if (fault != null) {
            in.simulated().has(fault);
        }
        assertSigns(key);
        assertThat(in.simulated().isVerified()).isFalse();
        in.card().verifyPin(pin);
        assertThat(in.simulated().isVerified()).isFalse();
        var scheme = Scheme.ECDSA_SHA256;
        assertRefused(
                () -> in.card().sign(key, scheme, digest(scheme), null), Meaning.PIN_REQUIRED);
        assertSigns(key);
    }

    @Test
    void keyThatWantsThePinEachTimeGetsItEachTime() throws Exception {
        var key = in.card().generate(Slot.SIGNATURE, PivAlgorithm.P256, managementKey);
        assertSigns(key);
        in.card().verifyPin(pin);
        assertThat(in.card().metadata(Slot.SIGNATURE).orElseThrow().pinPolicy())
                .isEqualTo(PinPolicy.ALWAYS);
    }

    @Test
    void keyThatWantsNoPinSignsWithoutOne() throws Exception {
        var key =
                in.card()
                        .generate(
                                Slot.CARD_AUTHENTICATION,
                                PivAlgorithm.P256,
                                PinPolicy.NEVER,
                                TouchPolicy.NEVER,
                                managementKey);
        var scheme = Scheme.ECDSA_SHA256;
        var signature = in.card().sign(key, scheme, digest(scheme), null);
        assertThat(JdkVerifier.verifies(key.publicKey(), scheme, LETTER, signature)).isTrue();
        in.card().deleteKey(key.slot(), managementKey);
        assertRefused(() -> in.card().key(key.slot()), Meaning.NO_KEY);
    }

    // what the maker vouches for

    private List<Bytes> attested(Slot slot) throws Exception {
        return in.card().attest(slot).orElseThrow();
    }

    @Test
    void attestationLeadsToTheMakerAndToNoOther() throws Exception {
        var key =
                in.card()
                        .generate(
                                Slot.SIGNATURE,
                                PivAlgorithm.P384,
                                PinPolicy.ALWAYS,
                                TouchPolicy.CACHED,
                                managementKey);
        var chain = attested(Slot.SIGNATURE);
        var stranger = new SimulatedMaker().root();
        assertThatThrownBy(() -> PivAttestation.verify(chain, List.of(stranger), Instant.now()))
                .isInstanceOf(NotAttestedException.class)
                .hasMessageContaining("does not lead to a maker that is trusted here");
        var root = in.simulated().root();
        assertThat(PivAttestation.verify(chain, List.of(root), Instant.now()))
                .isEqualTo(
                        new PivAttestation(
                                new Firmware(5, 7, 1),
                                SimulatedPivCard.SERIAL,
                                PinPolicy.ALWAYS,
                                TouchPolicy.CACHED,
                                key.publicKey()));
        assertThat(in.card().serial()).hasValue(SimulatedPivCard.SERIAL);
        assertThat(in.card().firmware()).contains(new Firmware(5, 7, 1));
    }

    @Test
    void attestationThatYubicosProgramReadIsTheSame() throws Exception {
        var key = generate(PivAlgorithm.P256);
        var pem =
                in.run(
                                folder,
                                "yubico-piv-tool",
                                "-r",
                                CardInReader.READER,
                                "-a",
                                "attest",
                                "-s",
                                "9a")
                        .orFail()
                        .out();
        var statement = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]*-----", ""));
        var chain = List.of(Bytes.of(statement), attested(Slot.AUTHENTICATION).get(1));
        var root = in.simulated().root();
        assertThat(PivAttestation.verify(chain, List.of(root), Instant.now()).publicKey())
                .isEqualTo(key.publicKey());
    }

    @Test
    void plainCardAttestsNothing() throws Exception {
        insteadOf(Kind.PLAIN);
        var _ = generate(PivAlgorithm.P256);
        assertThat(in.card().attest(Slot.AUTHENTICATION)).isEmpty();
        assertThat(in.card().serial()).isEmpty();
        assertThat(in.card().guid().orElseThrow().size()).isEqualTo(16);
    }

    // the reader

    @Test
    void readerAndServiceThatGoAreNamed() throws Exception {
        var card = new SimulatedPivCard(Kind.YUBICO);
        try (var pcscd = Pcscd.start();
                var slot = new Vpcd(pcscd.port(), card)) {
            slot.insert();
            var said = LosingProgram.run(pcscd);
            assertThat(said).startsWith("signed", "gone SERVICE_GONE").hasSize(3);
            assertThat(said.getLast()).isIn("then SERVICE_GONE", "then READER_GONE", "then none");
        }
    }
}
