package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.Answer;
import dev.custodian.core.attest.Challenge;
import dev.custodian.core.attest.Claim;
import dev.custodian.core.attest.Flaw;
import dev.custodian.core.attest.NotProvedException;
import dev.custodian.core.attest.OpenChallenge;
import dev.custodian.core.attest.Proof;
import dev.custodian.core.attest.TpmAttestation;
import dev.custodian.core.hpke.Hkdf;
import dev.custodian.device.Attesting;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.TpmStore;
import dev.custodian.device.tpm.EndorsementKey;
import dev.custodian.device.tpm.Meaning;
import dev.custodian.device.tpm.Tpm;
import dev.custodian.device.tpm.TpmException;
import dev.custodian.device.tpm.TpmKeyFile;
import dev.custodian.device.tpm.TpmStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Proof that a key is in a TPM. The TPM is simulated by swtpm; its set-up plays the maker.
class TpmAttestationIT {
    private static final int OBJECTS = 0x80000000;
    private static final int HMAC_SESSIONS = 0x02000000;
    private static final int POLICY_SESSIONS = 0x03000000;

    @TempDir static Path made;
    private static SwtpmMaker maker;

    @TempDir Path folder;

    private final SecureRandom random = new SecureRandom();
    private Swtpm swtpm;
    private Tpm tpm;

    @BeforeAll
    static void make() throws Exception {
        maker = new SwtpmMaker(made.resolve("maker"));
        maker.make(made.resolve("one"));
        maker.make(made.resolve("another"));
    }

    /// A TPM that was made before, in the state in which it left its maker.
    private Swtpm power(String which) throws Exception {
        var at = folder.resolve(which);
        Files.createDirectories(at.resolve("state"));
        var state = Path.of("state/tpm2-00.permall");
        Files.copy(made.resolve(which).resolve(state), at.resolve(state));
        return Swtpm.start(at);
    }

    @BeforeEach
    void start() throws Exception {
        swtpm = power("one");
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

    /// Lets programs of others have the TPM meanwhile.
    private void others(String script) throws Exception {
        tpm.close();
        try {
            var _ = swtpm.run("sh", "-euc", script).orFail();
        } finally {
            tpm = connect(swtpm);
        }
    }

    private List<EndorsementKey> eks(Tpm of) throws IOException {
        return EndorsementKey.of(of, random);
    }

    private TpmStorage storage(Tpm of) throws IOException {
        return TpmStorage.preferred(of, random);
    }

    /// What the asker does first: by octets alone.
    private OpenChallenge asked(Bytes claim) throws Exception {
        var endorsement =
                TpmAttestation.endorsement(
                        TpmAttestation.claim(claim), maker.authorities(), Instant.now());
        return TpmAttestation.challenge(endorsement, random);
    }

    private static Bytes answer(
            EndorsementKey ek,
            TpmStorage storage,
            TpmKeyFile file,
            OpenChallenge open,
            @Nullable Secret pin)
            throws Exception {
        var challenge = Challenge.decode(open.challenge().encode());
        return ek.answer(storage, file, challenge, pin).encode();
    }

    /// All of it, both ways.
    private Proof proof(
            EndorsementKey ek, TpmStorage storage, TpmKeyFile file, @Nullable Secret pin)
            throws Exception {
        var claim = ek.claim(file).encode();
        try (var open = asked(claim)) {
            return TpmAttestation.proof(
                    open, Claim.decode(claim).keyArea(), answer(ek, storage, file, open, pin));
        }
    }

    private static Bytes spki(TpmKeyFile file) throws Exception {
        return Bytes.of(file.area().publicKey().getEncoded());
    }

    private void assertNothingLeft() throws IOException {
        for (int first : new int[] {OBJECTS, HMAC_SESSIONS, POLICY_SESSIONS}) {
            assertThat(tpm.handles(first)).isEmpty();
        }
    }

    private static void assertRefused(Flaw flaw, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        NotProvedException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
    }

    /// As a program does that knows nothing of TPMs.
    @Test
    void keyOfTheStoreIsProvedByWhatItCanDo() throws Exception {
        tpm.close();
        try (var store = TpmStore.open(folder.resolve("keys"), swtpm::connect);
                var key = store.create(new KeySpec("work", KeyType.P256))) {
            var attesting = key.ability(Attesting.class).orElseThrow();
            var claim = attesting.evidence().parts().getFirst();
            try (var open = asked(claim)) {
                var answer = attesting.answer(open.challenge().encode());
                var proof = TpmAttestation.proof(open, Claim.decode(claim).keyArea(), answer);
                assertThat(proof.publicKey()).isEqualTo(Bytes.of(key.publicKey().getEncoded()));
            }
            var digest = Hashes.sha256(Bytes.utf8("Dear Charles"));
            assertThat(key.sign(Scheme.ECDSA_SHA256, digest).size()).isEqualTo(64);
        } finally {
            tpm = connect(swtpm);
        }
    }

    @Test
    void eachEndorsementKeyProvesKeysWithAndWithoutPin() throws Exception {
        var eks = eks(tpm);
        assertThat(eks).hasSize(2);
        try (var pin = Secret.owning("1234".getBytes(StandardCharsets.US_ASCII));
                var storage = storage(tpm);
                var serverKey = Secret.owning(new byte[32])) {
            var free = storage.create(KeyAlgorithm.P384, null);
            var guarded = storage.create(KeyAlgorithm.P256, pin);
            var kinds = List.of(KeyAlgorithm.RSA_2048, KeyAlgorithm.P384);
            for (int i = 0; i < kinds.size(); i++) {
                var proof = proof(eks.get(i), storage, free, null);
                assertThat(proof.publicKey()).isEqualTo(spki(free));
                assertThat(proof.endorsement().algorithm()).isEqualTo(kinds.get(i));
                assertThat(proof.endorsement().maker().name()).isEqualTo("IBM");
                assertThat(proof.endorsement().maker().simulated()).isTrue();
                assertThat(proof.toString())
                        .startsWith("P-384 in a TPM of IBM swtpm")
                        .endsWith("(simulated)");

                var second = proof(eks.get(i), storage, guarded, pin);
                assertThat(second.publicKey()).isEqualTo(spki(guarded));
                assertThat(second.endorsement().mark(serverKey))
                        .isEqualTo(proof.endorsement().mark(serverKey));
            }
        }
        assertNothingLeft();
    }

    @Test
    void rsaKeyIsProvedToo() throws Exception {
        try (var storage = storage(tpm)) {
            var file = storage.create(KeyAlgorithm.RSA_2048, null);
            var proof = proof(eks(tpm).getFirst(), storage, file, null);
            assertThat(proof.algorithm()).isEqualTo(KeyAlgorithm.RSA_2048);
            assertThat(proof.publicKey()).isEqualTo(spki(file));
        }
    }

    @Test
    void endorsementKeysThatDoNotPersistAreMadeAnew() throws Exception {
        others(
                """
                tpm2 evictcontrol -Q -C o -c 0x81010001
                tpm2 evictcontrol -Q -C o -c 0x81010016
                """);
        assertThat(tpm.handles(0x81000000)).isEmpty();
        var eks = eks(tpm);
        assertThat(eks).hasSize(2);
        assertNothingLeft();
        try (var pin = Secret.owning("1234".getBytes(StandardCharsets.US_ASCII));
                var storage = storage(tpm)) {
            var file = storage.create(KeyAlgorithm.P256, pin);
            for (var ek : eks) {
                assertThat(proof(ek, storage, file, pin).publicKey()).isEqualTo(spki(file));
            }
        }
        assertNothingLeft();
    }

    /// He has heard what a TPM said, and has no TPM.
    @Test
    void softwareLiarIsRefused() throws Exception {
        Bytes claim;
        TpmKeyFile file;
        Answer earlier;
        try (var storage = storage(tpm)) {
            var ek = eks(tpm).getFirst();
            file = storage.create(KeyAlgorithm.P256, null);
            claim = ek.claim(file).encode();
            try (var open = asked(claim)) {
                earlier = Answer.decode(answer(ek, storage, file, open, null));
            }
        }
        var area = Claim.decode(claim).keyArea();
        try (var open = asked(claim)) {
            assertRefused(
                    Flaw.ANSWER_FORGED, () -> TpmAttestation.proof(open, area, earlier.encode()));
            var guessed = Hkdf.hmac(new byte[32], Hashes.sha256(earlier.attest()).toArray());
            var forged =
                    new Answer(
                            earlier.attest(),
                            Bytes.concat(earlier.signature().slice(0, 4), Bytes.of(guessed)));
            assertRefused(
                    Flaw.ANSWER_FORGED, () -> TpmAttestation.proof(open, area, forged.encode()));
        }
    }

    /// He makes a TPM and its certificate himself.
    @Test
    void makerThatNobodyTrustsIsRefused() throws Exception {
        var other = new SwtpmMaker(folder.resolve("other"));
        other.make(folder.resolve("theirs"));
        try (var theirs = Swtpm.start(folder.resolve("theirs"));
                var theirTpm = connect(theirs);
                var storage = storage(theirTpm)) {
            var file = storage.create(KeyAlgorithm.P256, null);
            var claim = eks(theirTpm).getFirst().claim(file).encode();
            assertRefused(Flaw.ROOT_UNKNOWN, () -> asked(claim).close());
            var trusted =
                    TpmAttestation.endorsement(
                            TpmAttestation.claim(claim), other.authorities(), Instant.now());
            assertThat(trusted.maker().simulated()).isTrue();
        }
    }

    @Test
    void anotherTpmCannotAnswerForThisOne() throws Exception {
        try (var second = power("another");
                var secondTpm = connect(second);
                var storage = storage(tpm);
                var theirStorage = storage(secondTpm)) {
            var file = storage.create(KeyAlgorithm.P256, null);
            var theirFile = theirStorage.create(KeyAlgorithm.P256, null);
            var eks = eks(tpm);
            var theirEks = eks(secondTpm);
            for (int i = 0; i < eks.size(); i++) {
                var ek = eks.get(i);
                var theirEk = theirEks.get(i);
                try (var open = asked(ek.claim(file).encode());
                        var theirs = asked(theirEk.claim(theirFile).encode())) {
                    assertThatThrownBy(() -> answer(theirEk, theirStorage, theirFile, open, null))
                            .isInstanceOfSatisfying(
                                    TpmException.class,
                                    e ->
                                            // the second is swtpm's word for a wrong RSA key
                                            assertThat(e.meaning())
                                                    .isIn(Meaning.INTEGRITY, Meaning.FAILURE));
                    var right = answer(theirEk, theirStorage, theirFile, theirs, null);
                    var area = theirEk.claim(theirFile).keyArea();
                    assertRefused(
                            Flaw.ANSWER_FORGED, () -> TpmAttestation.proof(open, area, right));
                    assertThat(TpmAttestation.proof(theirs, area, right).publicKey())
                            .isEqualTo(spki(theirFile));
                }
            }
            assertThat(secondTpm.handles(POLICY_SESSIONS)).isEmpty();
        }
        assertNothingLeft();
    }

    /// The TPM tells the truth about a key that may leave it.
    @Test
    void keyThatMayLeaveTheTpmIsRefused() throws Exception {
        others(
                """
                tpm2 createprimary -Q -C o -g sha256 -G ecc -c parent.ctx -a \
                  'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt'
                tpm2 flushcontext -t
                tpm2 create -Q -C parent.ctx -G ecc -u k.pub -r k.priv \
                  -a 'sensitivedataorigin|userwithauth|sign'
                tpm2 encodeobject -C parent.ctx -u k.pub -r k.priv -o key.pem
                tpm2 flushcontext -t
                """);
        var file = TpmKeyFile.parse(Files.readString(swtpm.folder().resolve("key.pem")));
        try (var storage = storage(tpm)) {
            var ek = eks(tpm).getFirst();
            assertRefused(Flaw.KEY_NOT_FIXED_TO_TPM, () -> proof(ek, storage, file, null));
        }
        assertNothingLeft();
    }

    @Test
    void parentOfAnotherTpmIsToldBeforeAnythingIsSentToIt() throws Exception {
        Bytes name;
        TpmKeyFile file;
        try (var storage = storage(tpm)) {
            name = storage.name();
            file = storage.create(KeyAlgorithm.P256, null);
        }
        try (var second = power("another");
                var secondTpm = connect(second)) {
            for (ThrowingCallable opening :
                    List.<ThrowingCallable>of(
                            () -> TpmStorage.preferred(secondTpm, random, name).close(),
                            () -> TpmStorage.of(file, secondTpm, random, name).close())) {
                assertThatThrownBy(opening)
                        .isInstanceOfSatisfying(
                                TpmException.class,
                                e -> assertThat(e.meaning()).isEqualTo(Meaning.ANOTHER_PARENT));
            }
            assertThat(secondTpm.handles(OBJECTS)).isEmpty();
        }
        try (var storage = TpmStorage.of(file, tpm, random, name)) {
            assertThat(storage.name()).isEqualTo(name);
        }
        try (var storage = TpmStorage.preferred(tpm, random, name)) {
            assertThat(storage.name()).isEqualTo(name);
        }
    }

    @Test
    void tpmWithoutCertificatesHasNoEndorsementKey() throws Exception {
        try (var bare = Swtpm.start(folder.resolve("bare"));
                var bareTpm = connect(bare)) {
            assertThat(eks(bareTpm)).isEmpty();
        }
        assertThat(eks(tpm)).isNotEmpty();
    }
}
