package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.tpm.Meaning;
import dev.custodian.device.tpm.Tpm;
import dev.custodian.device.tpm.TpmException;
import dev.custodian.device.tpm.TpmKey;
import dev.custodian.device.tpm.TpmKeyFile;
import dev.custodian.device.tpm.TpmStorage;
import dev.custodian.it.Program;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Keys in a TPM 2.0. The TPM is simulated by swtpm; the programs that judge are those of others.
class TpmIT {
    private static final byte[] LETTER = "Dear Charles".getBytes(StandardCharsets.US_ASCII);
    private static final String PIN = "a-PIN-to-look-for";
    private static final int OBJECTS = 0x80000000;
    private static final int SESSIONS = 0x02000000;

    @TempDir Path folder;

    private final SecureRandom random = new SecureRandom();
    private Swtpm swtpm;
    private Tpm tpm;

    @BeforeEach
    void start() throws Exception {
        swtpm = Swtpm.start(folder.resolve("tpm"));
        tpm = connect(swtpm);
    }

    private static Tpm connect(Swtpm swtpm) throws IOException {
        var tpm = new Tpm(swtpm.connect());
        tpm.flushAll();
        return tpm;
    }

    @AfterEach
    void stop() throws Exception {
        tpm.close();
        swtpm.close();
    }

    private TpmStorage storage() throws IOException {
        return TpmStorage.preferred(tpm, random);
    }

    private static Secret pin(String text) {
        return Secret.owning(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Bytes digest(HashAlgorithm hash) throws Exception {
        return Bytes.of(MessageDigest.getInstance(hash.jca()).digest(LETTER));
    }

    private static void assertVerifies(TpmKey key, Scheme scheme, int salt, Bytes signature)
            throws Exception {
        var verifier =
                Signature.getInstance(
                        scheme.family() == KeyAlgorithm.Family.EC
                                ? scheme.jca() + "inP1363Format"
                                : scheme.jca());
        var hash = scheme.hash().jca();
        if (scheme.isPss()) {
            verifier.setParameter(
                    new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1));
        }
        verifier.initVerify(key.area().publicKey());
        verifier.update(LETTER);
        assertThat(verifier.verify(signature.toArray())).as(scheme.toString()).isTrue();
    }

    private static void assertRefused(ThrowingCallable call, Meaning meaning) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TpmException.class,
                        e -> assertThat(e.meaning()).as(e.getMessage()).isEqualTo(meaning));
    }

    private void assertNothingLeft() throws IOException {
        assertThat(tpm.handles(OBJECTS)).isEmpty();
        assertThat(tpm.handles(SESSIONS)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"P256", "P384", "RSA_2048"})
    void keySignsInEachSchemeWithPin(KeyAlgorithm algorithm) throws Exception {
        try (var pin = pin(PIN)) {
            signInEachScheme(algorithm, pin);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"P256", "P384", "RSA_3072"})
    void keySignsInEachSchemeWithoutPin(KeyAlgorithm algorithm) throws Exception {
        signInEachScheme(algorithm, null);
    }

    private void signInEachScheme(KeyAlgorithm algorithm, @Nullable Secret pin) throws Exception {
        try (var storage = storage()) {
            var file = TpmKeyFile.parse(storage.create(algorithm, pin).pem());
            assertThat(file.emptyAuth()).isEqualTo(pin == null);
            assertThat(file.area().algorithm()).isEqualTo(algorithm);
            try (var key = storage.load(file)) {
                for (var scheme : algorithm.schemes()) {
                    int salt = scheme.isPss() ? key.saltLength(scheme.hash(), pin) : 0;
                    var signature = key.sign(scheme, digest(scheme.hash()), pin);
                    assertVerifies(key, scheme, salt, signature);
                }
            }
        }
        assertNothingLeft();
    }

    private static Bytes sign(TpmKey key, @Nullable Secret pin) throws Exception {
        return key.sign(Scheme.ECDSA_SHA256, digest(HashAlgorithm.SHA256), pin);
    }

    private static void assertSigns(TpmStorage storage, TpmKeyFile file, @Nullable Secret pin)
            throws Exception {
        try (var key = storage.load(file)) {
            assertVerifies(key, Scheme.ECDSA_SHA256, 0, sign(key, pin));
        }
    }

    /// Lets programs of others have the TPM meanwhile.
    private Program.Ran others(String... line) throws Exception {
        tpm.close();
        try {
            return swtpm.run(line).orFail();
        } finally {
            tpm = connect(swtpm);
        }
    }

    private Program.Ran openssl(String command, String... more) throws Exception {
        var line =
                new ArrayList<>(
                        List.of(
                                "openssl",
                                command,
                                "-provider",
                                "tpm2",
                                "-provider",
                                "default",
                                "-propquery",
                                "?provider=tpm2"));
        line.addAll(List.of(more));
        return others(line.toArray(String[]::new));
    }

    @Test
    void wrongPinsCountAndLockUntilTheOwnerForgivesThem() throws Exception {
        try (var pin = pin(PIN);
                var wrong = pin("wrong")) {
            TpmKeyFile file;
            try (var storage = storage()) {
                file = storage.create(KeyAlgorithm.P256, pin);
                var open = storage.create(KeyAlgorithm.P256, null);
                lock(storage, file, wrong);
                try (var key = storage.load(file)) {
                    assertRefused(() -> sign(key, pin), Meaning.LOCKOUT);
                }
                assertSigns(storage, open, null);
            }
            var _ = others("tpm2", "dictionarylockout", "-c");
            try (var storage = storage()) {
                assertSigns(storage, file, pin);
            }
        }
    }

    private void lock(TpmStorage storage, TpmKeyFile file, Secret wrong) throws Exception {
        var before = tpm.lockout();
        assertThat(before.failed()).isZero();
        assertThat(before.triesLeft()).isEqualTo(before.most()).isPositive();
        assertThat(before.forgets()).isPositive();
        try (var key = storage.load(file)) {
            for (long left = before.most(); left > 0; left--) {
                assertThat(tpm.lockout().triesLeft()).isEqualTo(left);
                assertThatThrownBy(() -> sign(key, wrong))
                        .isInstanceOfSatisfying(
                                TpmException.class,
                                e -> {
                                    assertThat(e.isWrongPin()).isTrue();
                                    assertThat(e.code()).isEqualTo(0x98e);
                                });
            }
        }
        assertThat(tpm.lockout().triesLeft()).isZero();
    }

    @Test
    void neitherPinNorSecretIsSeenOnTheBus() throws Exception {
        tpm.close();
        var bus = new Recording(swtpm.connect());
        tpm = new Tpm(bus);
        var text = Bytes.utf8(PIN);
        var hidden = Bytes.utf8("a share of the owner's slot");
        try (var storage = storage();
                var pin = pin(PIN);
                var newPin = pin("new-" + PIN);
                var secret = Secret.owning(hidden.toArray())) {
            var file = storage.create(KeyAlgorithm.P256, pin);
            assertSigns(storage, file, pin);
            // the first use of such a key after a start
            assertThat(bus.holding(Bytes.fromHex("80010000000a00000922"))).isPositive();

            var changed = storage.changePin(file, pin, newPin);
            assertSigns(storage, changed, newPin);
            try (var key = storage.load(changed)) {
                assertRefused(() -> sign(key, pin), Meaning.AUTH_FAIL);
            }
            for (var one : new Secret[] {null, pin}) {
                var sealed = storage.seal(secret, one);
                try (var opened = storage.unseal(sealed, one)) {
                    assertThat(opened).isEqualTo(secret);
                }
            }
            assertThat(bus.size()).isGreaterThan(40);
            assertThat(bus.holding(text)).isZero();
            assertThat(bus.holding(hidden)).isZero();

            try (var key = storage.load(file)) {
                int handle = tpm.handles(OBJECTS).getLast();
                assertThat(ByteBuffer.wrap(bus.call(signWithPassword(handle, text))).getInt(6))
                        .isZero();
                assertThat(key.area()).isEqualTo(file.area());
            }
            assertThat(bus.holding(text)).isEqualTo(1);
        }
        assertNothingLeft();
    }

    /// TPM2_Sign as it is not to be: with the PIN in a password session.
    private static byte[] signWithPassword(int handle, Bytes pin) throws Exception {
        var digest = digest(HashAlgorithm.SHA256);
        var rest =
                Bytes.concat(
                        Bytes.fromHex("0000015d"),
                        Bytes.u32(handle),
                        Bytes.u32(9 + pin.size()),
                        Bytes.fromHex("40000009000001"),
                        Bytes.fromHex("%04x".formatted(pin.size())),
                        pin,
                        Bytes.fromHex("0020"),
                        digest,
                        Bytes.fromHex("0018000b8024400000070000"));
        return Bytes.concat(Bytes.fromHex("8002"), Bytes.u32(6 + rest.size()), rest).toArray();
    }

    @Test
    void keyOfAnotherTpmIsRefused() throws Exception {
        TpmKeyFile file;
        Bytes name;
        try (var storage = storage()) {
            file = storage.create(KeyAlgorithm.P256, null);
            name = storage.name();
        }
        try (var stranger = Swtpm.start(folder.resolve("another"));
                var other = connect(stranger);
                var storage = TpmStorage.preferred(other, random)) {
            assertThat(storage.name()).isNotEqualTo(name);
            assertRefused(() -> storage.load(file).close(), Meaning.INTEGRITY);
        }
        try (var storage = storage()) {
            assertSigns(storage, file, null);
        }
    }

    @Test
    void keyOutlivesARestartButNotAClearedTpm() throws Exception {
        TpmKeyFile file;
        Bytes name;
        try (var storage = storage()) {
            file = storage.create(KeyAlgorithm.P256, null);
            name = storage.name();
        }
        tpm.close();
        swtpm.close();
        swtpm = Swtpm.start(folder.resolve("tpm"));
        tpm = connect(swtpm);
        try (var storage = storage()) {
            assertThat(storage.name()).isEqualTo(name);
            assertSigns(storage, file, null);
        }
        var _ = others("tpm2", "clear", "-c", "l");
        try (var storage = storage()) {
            assertThat(storage.name()).isNotEqualTo(name);
            assertRefused(() -> storage.load(file).close(), Meaning.INTEGRITY);
        }
    }

    @Test
    void fullTpmSaysSoAndGoesOnWhenAKeyIsClosed() throws Exception {
        try (var storage = storage()) {
            var file = storage.create(KeyAlgorithm.P256, null);
            try (var one = storage.load(file)) {
                try (var two = storage.load(file)) {
                    assertRefused(() -> storage.load(file).close(), Meaning.OBJECT_MEMORY);
                    assertVerifies(two, Scheme.ECDSA_SHA256, 0, sign(two, null));
                }
                assertSigns(storage, file, null);
                assertVerifies(one, Scheme.ECDSA_SHA256, 0, sign(one, null));
            }
        }
        assertNothingLeft();
    }

    @Test
    void twoThousandSignaturesLeaveNothingBehind() throws Exception {
        ManyTpmSignaturesFull.sign(tpm, 2_000);
        assertNothingLeft();
    }

    @Test
    void filesOfOursSignInOpenssl() throws Exception {
        try (var pin = pin(PIN)) {
            for (var one : new Secret[] {null, pin}) {
                TpmKeyFile file;
                try (var storage = storage()) {
                    file = storage.create(KeyAlgorithm.P256, one);
                }
                assertOpensslSigns(file, one);
            }
        }
    }

    private void assertOpensslSigns(TpmKeyFile file, @Nullable Secret pin) throws Exception {
        Files.writeString(swtpm.folder().resolve("ours.pem"), file.pem());
        Files.write(swtpm.folder().resolve("letter"), LETTER);
        var line =
                new ArrayList<>(
                        List.of("-sign", "-rawin", "-digest", "sha256", "-inkey", "ours.pem"));
        line.addAll(List.of("-in", "letter", "-out", "signature"));
        if (pin != null) {
            line.addAll(List.of("-passin", "pass:" + PIN));
        }
        var _ = openssl("pkeyutl", line.toArray(String[]::new));
        var verifier = Signature.getInstance("SHA256withECDSA");
        verifier.initVerify(file.area().publicKey());
        verifier.update(LETTER);
        assertThat(verifier.verify(Files.readAllBytes(swtpm.folder().resolve("signature"))))
                .isTrue();
    }

    @Test
    void filesOfOpensslSignHere() throws Exception {
        for (var auth : List.of("", PIN)) {
            var line = new ArrayList<>(List.of("-algorithm", "EC", "-pkeyopt", "group:P-256"));
            if (!auth.isEmpty()) {
                line.addAll(List.of("-pkeyopt", "user-auth:" + auth));
            }
            line.addAll(List.of("-out", "theirs.pem"));
            var _ = openssl("genpkey", line.toArray(String[]::new));
            var file = TpmKeyFile.parse(Files.readString(swtpm.folder().resolve("theirs.pem")));
            assertThat(file.emptyAuth()).isEqualTo(auth.isEmpty());
            try (var pin = pin(auth);
                    var storage = TpmStorage.of(file, tpm, random)) {
                assertSigns(storage, file, auth.isEmpty() ? null : pin);
            }
        }
    }

    @Test
    void filesGoToTpm2ToolsAndBack() throws Exception {
        var secret = "a share";
        try (var storage = storage();
                var content = pin(secret)) {
            Files.writeString(
                    swtpm.folder().resolve("key.pem"),
                    storage.create(KeyAlgorithm.P256, null).pem());
            Files.writeString(
                    swtpm.folder().resolve("sealed.pem"), storage.seal(content, null).pem());
        }
        Files.write(swtpm.folder().resolve("letter"), LETTER);
        var said =
                others(
                        "sh",
                        "-euc",
                        """
                        tpm2 createprimary -Q -C o -g sha256 -G ecc -c parent.ctx -a \
                          'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt'
                        tpm2 flushcontext -t
                        tpm2 load -Q -r key.pem -c key.ctx
                        tpm2 flushcontext -t
                        tpm2 sign -Q -c key.ctx -g sha256 -f plain -o signature letter
                        tpm2 flushcontext -t
                        tpm2 load -Q -r sealed.pem -c sealed.ctx
                        tpm2 flushcontext -t
                        tpm2 unseal -c sealed.ctx
                        tpm2 flushcontext -t
                        tpm2 create -Q -C parent.ctx -G ecc -p a-PIN -u k.pub -r k.priv
                        tpm2 encodeobject -C parent.ctx -u k.pub -r k.priv -p -o their-key.pem
                        tpm2 flushcontext -t
                        printf %s 'a share' | tpm2 create -Q -C parent.ctx -i - -u s.pub -r s.priv
                        tpm2 encodeobject -C parent.ctx -u s.pub -r s.priv -o their-secret.pem
                        tpm2 flushcontext -t
                        """);
        assertThat(said.out()).isEqualTo(secret);
        try (var storage = storage();
                var pin = pin("a-PIN");
                var content = pin(secret)) {
            assertSigns(storage, file("their-key.pem"), pin);
            try (var opened = storage.unseal(file("their-secret.pem"), null)) {
                assertThat(opened).isEqualTo(content);
            }
            var verifier = Signature.getInstance("SHA256withECDSA");
            verifier.initVerify(file("key.pem").area().publicKey());
            verifier.update(LETTER);
            assertThat(verifier.verify(Files.readAllBytes(swtpm.folder().resolve("signature"))))
                    .isTrue();
        }
    }

    private TpmKeyFile file(String name) throws Exception {
        return TpmKeyFile.parse(Files.readString(swtpm.folder().resolve(name)));
    }

    @Test
    void persistentStorageKeyIsTheParentWhereThereIsOne() throws Exception {
        var _ =
                others(
                        "sh",
                        "-euc",
                        """
                        tpm2 createprimary -Q -C o -g sha256 -G rsa -c parent.ctx -a \
                          'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt'
                        tpm2 flushcontext -t
                        tpm2 evictcontrol -Q -C o -c parent.ctx 0x81000001
                        """);
        try (var pin = pin(PIN)) {
            TpmKeyFile file;
            try (var storage = storage()) {
                file = TpmKeyFile.parse(storage.create(KeyAlgorithm.P256, pin).pem());
                assertThat(file.parent()).isEqualTo(0x81000001);
            }
            assertOpensslSigns(file, pin);
            try (var storage = TpmStorage.of(file, tpm, random)) {
                assertSigns(storage, file, pin);
            }
            var _ = others("tpm2", "evictcontrol", "-Q", "-C", "o", "-c", "0x81000001");
            assertRefused(() -> TpmStorage.of(file, tpm, random).close(), Meaning.HANDLE);
        }
    }
}
