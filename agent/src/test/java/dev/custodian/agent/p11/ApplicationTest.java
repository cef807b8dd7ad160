package dev.custodian.agent.p11;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.agent.p11.rpc.Cka;
import dev.custodian.agent.p11.rpc.Ckr;
import dev.custodian.agent.p11.rpc.RpcWriter;
import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.signing.FakePerson;
import dev.custodian.agent.signing.FakeServer;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.agent.signing.Signing;
import dev.custodian.agent.signing.TestCredentials;
import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One program's calls without a socket: octets in, octets out.
class ApplicationTest {
    private static final TestCredentials EC =
            TestCredentials.of(KeyAlgorithm.P521, Purpose.DOCUMENT, "Ada");
    private static final TestCredentials RSA =
            TestCredentials.of(KeyAlgorithm.RSA_2048, Purpose.LOGIN, "Ada");
    private static final Bytes MESSAGE = Bytes.utf8("a message");
    private static final int ALL = 1 << 20;

    private final FakePerson person = new FakePerson();
    private final FakeServer server = new FakeServer(EC, RSA);
    private final KeyRing keys = new KeyRing(() -> List.of(RSA.credential(), EC.credential()));
    private final Lock lock = new Lock(new SecureRandom());
    private final P11Door door =
            new P11Door(
                    keys,
                    new Signing(
                            server,
                            person,
                            () -> Secret.owning(new byte[32]),
                            new Peers(0),
                            lock,
                            InstantSource.system()),
                    lock,
                    new SecureRandom());
    private final Application program = door.application(Peer.UNKNOWN, () -> true, 0);

    @BeforeEach
    void begin() throws Exception {
        keys.refresh();
        assertThat(ask(Calls.initialize())).isEqualTo(Bytes.fromHex("0000000100000000"));
        assertThat(number(open())).isEqualTo(1);
    }

    private Bytes ask(byte[] body) {
        return switch (program.answer(body)) {
            case Application.Now(var answer) -> answer;
            case Application.Later later -> later.body();
        };
    }

    private void rejected(Ckr code, byte[] body) {
        assertThat(ask(body)).isEqualTo(RpcWriter.error(code));
    }

    private Bytes open() {
        return ask(Calls.of(10, "uu").u64(1).u64(4).done());
    }

    /// The only value of an answer that is one number.
    private static long number(Bytes answer) {
        return ByteBuffer.wrap(answer.slice(answer.size() - 8, answer.size()).toArray()).getLong();
    }

    /// Handles of what has this `CKA_CLASS`.
    private List<Long> find(long kind) {
        return found(Calls.of(26, "uaA").u64(1).u32(1).hex("00000000 01 00000008").u64(kind));
    }

    /// Handle of the private key with this `CKA_KEY_TYPE`.
    private long key(long type) {
        var found =
                found(
                        Calls.of(26, "uaA")
                                .u64(1)
                                .u32(2)
                                .hex("00000000 01 00000008 0000000000000003")
                                .hex("00000100 01 00000008")
                                .u64(type));
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private List<Long> found(Calls search) {
        ask(search.done());
        var answer = ByteBuffer.wrap(ask(Calls.of(27, "ufu").u64(1).u32(100).done()).toArray());
        answer.position(4 + 4 + 2 + 1);
        var found = new ArrayList<Long>();
        for (int left = answer.getInt(); left > 0; left--) {
            found.add(answer.getLong());
        }
        ask(Calls.of(28, "u").u64(1).done());
        return found;
    }

    private long ecKey() {
        return key(3);
    }

    private long rsaKey() {
        return key(0);
    }

    private Bytes signInit(long key, long mechanism, Bytes parameter) {
        return ask(
                Calls.of(42, "uMu")
                        .u64(1)
                        .u32((int) mechanism)
                        .plain(parameter.size() == 0 ? Bytes.u32(-1) : parameter)
                        .u64(key)
                        .done());
    }

    private static byte[] sign(Bytes data, int room) {
        return Calls.of(43, "uayfy").u64(1).octets(data).u32(room).done();
    }

    /// The octets of an answer that is one `ay`.
    private static Bytes octets(Bytes answer) {
        assertThat(answer.slice(0, 12).hex()).endsWith("00000002" + "6179" + "01" + "00");
        return answer.slice(15, answer.size());
    }

    private static Bytes digestInfo(HashAlgorithm hash, Bytes digest) {
        return Bytes.concat(hash.digestInfoPrefix(), digest);
    }

    private static Bytes pss(long hash, long mgf, long salt) {
        return Bytes.concat(Bytes.u64(hash), Bytes.u64(mgf), Bytes.u64(salt));
    }

    private static boolean verifies(String algorithm, TestCredentials with, Bytes signature)
            throws Exception {
        var verifier = Signature.getInstance(algorithm);
        verifier.initVerify(with.credential().certificate().getPublicKey());
        verifier.update(MESSAGE.toArray());
        return verifier.verify(signature.toArray());
    }

    @Test
    void nothingIsAnsweredBeforeInitialize() {
        var other = door.application(Peer.UNKNOWN, () -> true, 0);
        var answer = other.answer(Calls.of(3, "").done());
        assertThat(answer)
                .isEqualTo(new Application.Now(RpcWriter.error(Ckr.CRYPTOKI_NOT_INITIALIZED)));
        rejected(Ckr.CRYPTOKI_ALREADY_INITIALIZED, Calls.initialize());
    }

    @Test
    void malformedCallIsRejectedAndItsOctetsAreWiped() {
        rejected(Ckr.ARGUMENTS_BAD, new byte[] {1, 2, 3});
        var login = Calls.of(18, "uuay").u64(1).u64(1).octets(Bytes.utf8("2749")).done();
        assertThat(Bytes.of(ask(login).toArray()).hex()).isEqualTo("0000001200000000");
        assertThat(login).containsOnly(0);
    }

    @Test
    void whatIsNotThereIsRejected() {
        rejected(Ckr.SLOT_ID_INVALID, Calls.of(5, "u").u64(2).done());
        rejected(Ckr.SLOT_ID_INVALID, Calls.of(6, "u").u64(-1).done());
        rejected(Ckr.SLOT_ID_INVALID, Calls.of(12, "u").u64(0).done());
        rejected(Ckr.SESSION_HANDLE_INVALID, Calls.of(13, "u").u64(9).done());
        rejected(Ckr.SESSION_HANDLE_INVALID, Calls.of(11, "u").u64(0).done());
        rejected(Ckr.MECHANISM_INVALID, Calls.of(8, "uu").u64(1).u64(0x220).done());
        rejected(Ckr.OBJECT_HANDLE_INVALID, Calls.of(24, "uufA").u64(1).u64(99).u32(0).done());
        rejected(Ckr.OPERATION_NOT_INITIALIZED, sign(MESSAGE, ALL));
        rejected(Ckr.OPERATION_NOT_INITIALIZED, Calls.of(27, "ufu").u64(1).u32(1).done());
        rejected(Ckr.OPERATION_NOT_INITIALIZED, Calls.of(39, "uay").u64(1).u8(0).u32(0).done());
        rejected(Ckr.SESSION_PARALLEL_NOT_SUPPORTED, Calls.of(10, "uu").u64(1).u64(0).done());
        rejected(Ckr.ARGUMENTS_BAD, Calls.of(64, "ufy").u64(1).u32(1 << 30).done());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 14, 15, 20, 21, 22, 25, 29, 33, 46, 48, 58, 59, 62, 63, 65, 66, 89})
    void callsThatChangeOrTellKeysAreNotAnswered(int number) {
        rejected(Ckr.FUNCTION_NOT_SUPPORTED, Calls.of(number, "").done());
    }

    @Test
    void sessionsHaveAnEnd() {
        for (int i = 1; i < Application.MOST_SESSIONS; i++) {
            open();
        }
        assertThat(open()).isEqualTo(RpcWriter.error(Ckr.SESSION_COUNT));
        ask(Calls.of(12, "u").u64(1).done());
        assertThat(number(open())).isEqualTo(Application.MOST_SESSIONS + 1);
    }

    @Test
    void loginIsNeededForNothingAndProvesNothing() {
        var login = Calls.of(18, "uuay").u64(1).u64(1).u8(0).u32(0);
        assertThat(ask(login.done())).isEqualTo(Bytes.fromHex("0000001200000000"));
        rejected(Ckr.USER_ALREADY_LOGGED_IN, login.done());
        rejected(Ckr.USER_TYPE_INVALID, Calls.of(18, "uuay").u64(1).u64(0).u8(0).u32(0).done());
        assertThat(ask(Calls.of(19, "u").u64(1).done()).hex()).isEqualTo("0000001300000000");
        rejected(Ckr.USER_NOT_LOGGED_IN, Calls.of(19, "u").u64(1).done());
        assertThat(person.asked).isEmpty();
    }

    @Test
    void objectsAreFoundByWhatTheyAre() {
        assertThat(find(1)).hasSize(2);
        assertThat(find(2)).hasSize(2);
        assertThat(find(3)).hasSize(2).isEqualTo(find(3));
        assertThat(find(4)).isEmpty();
        assertThat(person.asked).isEmpty();
    }

    @Test
    void searchIsGivenPieceByPiece() {
        ask(Calls.of(26, "uaA").u64(1).u32(0).done());
        rejected(Ckr.OPERATION_ACTIVE, Calls.of(26, "uaA").u64(1).u32(0).done());
        var one = Calls.of(27, "ufu").u64(1).u32(5).done();
        assertThat(ask(one.clone()).size()).isEqualTo(4 + 4 + 2 + 1 + 4 + 5 * 8);
        assertThat(ask(one.clone()).size()).isEqualTo(4 + 4 + 2 + 1 + 4 + 8);
        assertThat(ask(one.clone()).size()).isEqualTo(4 + 4 + 2 + 1 + 4);
    }

    @Test
    void attributesHaveExactLengths() {
        var asked =
                Calls.of(24, "uufA")
                        .u64(1)
                        .u64(ecKey())
                        .u32(6)
                        .u32(Cka.EC_POINT)
                        .u32(0)
                        .u32(Cka.EC_PARAMS)
                        .u32(100)
                        .u32(Cka.ID)
                        .u32(19)
                        .u32(Cka.SIGN)
                        .u32(1)
                        .u32(Cka.VALUE)
                        .u32(100)
                        .u32(0x9999)
                        .u32(100)
                        .done();
        assertThat(ask(asked).hex())
                .isEqualTo(
                        "00000018"
                                + "00000003"
                                + "614175"
                                + "00000006"
                                // 04 81 85 04 x y
                                + "00000181"
                                + "01"
                                + "00000088"
                                + "ffffffff"
                                + "00000180"
                                + "01"
                                + "00000007"
                                + "00000007"
                                + "06052b81040023"
                                + "00000102"
                                + "00"
                                + "00000108"
                                + "01"
                                + "00000001"
                                + "01"
                                + "00000011"
                                + "00"
                                + "00009999"
                                + "00"
                                + "0000000000000012");
    }

    @Test
    void lockedAgentShowsAndSignsNothing() throws Exception {
        long key = ecKey();
        signInit(key, 0x1041, Bytes.EMPTY);
        lock.close(Secret.owning(new byte[] {1}));
        assertThat(find(1)).isEmpty();
        rejected(Ckr.USER_NOT_LOGGED_IN, sign(Hashes.sha256(MESSAGE), ALL));
        assertThat(signInit(key, 0x1041, Bytes.EMPTY))
                .isEqualTo(RpcWriter.error(Ckr.KEY_HANDLE_INVALID));
        assertThat(server.signed).isEmpty();
    }

    @Test
    void askingForTheSizeSignsNothingAndEndsNothing() {
        signInit(rsaKey(), 0x1, Bytes.EMPTY);
        var data = digestInfo(HashAlgorithm.SHA256, Hashes.sha256(MESSAGE));
        var size = Bytes.fromHex("0000002b" + "00000002" + "6179" + "00" + "00000100");
        assertThat(ask(sign(data, 0))).isEqualTo(size);
        assertThat(ask(sign(data, 255))).isEqualTo(size);
        assertThat(ask(sign(data, -1))).isEqualTo(size);
        assertThat(person.asked).isEmpty();
        assertThat(octets(ask(sign(data, 256))).size()).isEqualTo(256);
        assertThat(person.asked).hasSize(1);
        rejected(Ckr.OPERATION_NOT_INITIALIZED, sign(data, 256));
    }

    @Test
    void noIsCancelled() {
        person.pin = "";
        signInit(ecKey(), 0x1041, Bytes.EMPTY);
        rejected(Ckr.FUNCTION_CANCELED, sign(Hashes.sha256(MESSAGE), ALL));
        // at once again, and nobody is asked
        signInit(ecKey(), 0x1041, Bytes.EMPTY);
        rejected(Ckr.FUNCTION_CANCELED, sign(Hashes.sha256(MESSAGE), ALL));
        assertThat(person.asked).hasSize(1);
        assertThat(server.signed).isEmpty();
    }

    @Test
    void whatIsNoDigestInfoIsNotSigned() {
        var digest = Hashes.sha256(MESSAGE);
        var info = digestInfo(HashAlgorithm.SHA256, digest);
        var sha1 = Bytes.fromHex("3021300906052b0e03021a05000414");
        var noParameters = Bytes.fromHex("302f300b06096086480165030402010420");
        var longLength = Bytes.fromHex("308131300d060960864801650304020105000420");
        for (var data :
                List.of(
                        Bytes.EMPTY,
                        digest,
                        info.slice(0, info.size() - 1),
                        Bytes.concat(info, Bytes.of((byte) 0)),
                        Bytes.concat(sha1, digest.slice(0, 20)),
                        Bytes.concat(noParameters, digest),
                        Bytes.concat(longLength, digest),
                        digestInfo(HashAlgorithm.SHA512, digest))) {
            signInit(rsaKey(), 0x1, Bytes.EMPTY);
            rejected(Ckr.DATA_INVALID, sign(data, ALL));
        }
        assertThat(person.asked).isEmpty();
    }

    @Test
    void dataOfNoDigestsLengthAreNotSigned() {
        signInit(rsaKey(), 0x1, Bytes.EMPTY);
        rejected(Ckr.DATA_LEN_RANGE, sign(Bytes.of(new byte[129]), ALL));
        for (int size : List.of(0, 20, 31, 33, 65)) {
            signInit(ecKey(), 0x1041, Bytes.EMPTY);
            rejected(Ckr.DATA_LEN_RANGE, sign(Bytes.of(new byte[size]), ALL));
            signInit(rsaKey(), 0xd, pss(0x250, 2, 32));
            rejected(Ckr.DATA_LEN_RANGE, sign(Bytes.of(new byte[size]), ALL));
        }
        assertThat(person.asked).isEmpty();
    }

    @Test
    void mechanismsThatDoNotFitAreRejected() {
        var none = Bytes.EMPTY;
        assertThat(signInit(ecKey(), 0x1, none))
                .isEqualTo(RpcWriter.error(Ckr.KEY_TYPE_INCONSISTENT));
        assertThat(signInit(rsaKey(), 0x1041, none))
                .isEqualTo(RpcWriter.error(Ckr.KEY_TYPE_INCONSISTENT));
        for (long unknown : List.of(0x3L, 0x6L, 0x1042L, 0x250L, 0x80000000L)) {
            assertThat(signInit(rsaKey(), unknown, none))
                    .isEqualTo(RpcWriter.error(Ckr.MECHANISM_INVALID));
        }
        for (var wrong :
                List.of(
                        pss(0x220, 1, 20),
                        pss(0x250, 3, 32),
                        pss(0x250, 2, -1),
                        pss(0x250, 2, 223),
                        pss(0x250, 2, 1L << 32),
                        pss(0x250, 2, 32).slice(0, 23),
                        none)) {
            assertThat(signInit(rsaKey(), 0xd, wrong))
                    .isEqualTo(RpcWriter.error(Ckr.MECHANISM_PARAM_INVALID));
        }
        assertThat(signInit(rsaKey(), 0x43, pss(0x260, 3, 48)))
                .isEqualTo(RpcWriter.error(Ckr.MECHANISM_PARAM_INVALID));
        assertThat(signInit(rsaKey(), 0x1, Bytes.of((byte) 1)))
                .isEqualTo(RpcWriter.error(Ckr.MECHANISM_PARAM_INVALID));
        assertThat(signInit(find(2).getFirst(), 0x1041, none))
                .isEqualTo(RpcWriter.error(Ckr.KEY_HANDLE_INVALID));
        signInit(rsaKey(), 0x1, none);
        assertThat(signInit(rsaKey(), 0x1, none)).isEqualTo(RpcWriter.error(Ckr.OPERATION_ACTIVE));
    }

    @Test
    void digestInfoIsSignedAndItsDigestIsReported() throws Exception {
        signInit(rsaKey(), 0x1, Bytes.EMPTY);
        var digest = Hashes.sha256(MESSAGE);
        var signature = octets(ask(sign(digestInfo(HashAlgorithm.SHA256, digest), ALL)));
        assertThat(verifies("SHA256withRSA", RSA, signature)).isTrue();
        assertThat(person.asked.getFirst().title()).isEqualTo("Log in?");
        assertThat(person.asked.getFirst().shown())
                .contains(
                        new Shown(
                                "message",
                                "SHA-256 …" + digest.slice(24, 32).hex(),
                                Shown.Source.REPORTED));
    }

    @ParameterizedTest
    @CsvSource({"64, SHA512withECDSA", "32, SHA256withECDSA"})
    void ecdsaIsTwoNumbersOfFullLength(int size, String algorithm) throws Exception {
        var digest = size == 32 ? Hashes.sha256(MESSAGE) : sha512();
        // The numbers have one octet less now and then.
        for (int i = 0; i < 32; i++) {
            signInit(ecKey(), 0x1041, Bytes.EMPTY);
            var signature = octets(ask(sign(digest, 132)));
            assertThat(signature.size()).isEqualTo(132);
            assertThat(verifies(algorithm + "inP1363Format", EC, signature)).isTrue();
        }
    }

    private static Bytes sha512() throws Exception {
        return Bytes.of(
                java.security.MessageDigest.getInstance("SHA-512").digest(MESSAGE.toArray()));
    }

    @Test
    void messageThatComesInPiecesIsHashedHereAndItsDigestIsComputed() throws Exception {
        signInit(rsaKey(), 0x42, Bytes.EMPTY);
        ask(Calls.of(44, "uay").u64(1).octets(MESSAGE.slice(0, 3)).done());
        ask(Calls.of(44, "uay").u64(1).u8(0).u32(0).done());
        ask(Calls.of(44, "uay").u64(1).octets(MESSAGE.slice(3, MESSAGE.size())).done());
        var last = Calls.of(45, "ufy").u64(1);
        assertThat(ask(Calls.of(45, "ufy").u64(1).u32(0).done()).hex())
                .isEqualTo("0000002d" + "00000002" + "6179" + "00" + "00000100");
        var answer = ask(last.u32(256).done());
        assertThat(verifies("SHA512withRSA", RSA, octets(answer))).isTrue();
        assertThat(person.asked.getFirst().shown())
                .contains(
                        new Shown(
                                "message",
                                "SHA-512 …" + sha512().slice(56, 64).hex(),
                                Shown.Source.COMPUTED));
    }

    @Test
    void pssIsAskedForWithItsSalt() {
        signInit(rsaKey(), 0xd, pss(0x250, 2, 222));
        ask(sign(Hashes.sha256(MESSAGE), ALL));
        signInit(rsaKey(), 0x45, pss(0x270, 4, 0));
        ask(sign(MESSAGE, ALL));
        assertThat(server.signed)
                .extracting(dev.custodian.client.Signing.Request::scheme)
                .containsExactly(
                        new SignatureScheme(Scheme.RSA_PSS_SHA256, 222),
                        new SignatureScheme(Scheme.RSA_PSS_SHA512, 0));
    }

    @Test
    void digestIsComputed() {
        ask(Calls.of(37, "uM").u64(1).u32(0x250).u32(-1).done());
        ask(Calls.of(39, "uay").u64(1).octets(MESSAGE).done());
        assertThat(ask(Calls.of(41, "ufy").u64(1).u32(31).done()).hex())
                .isEqualTo("00000029" + "00000002" + "6179" + "00" + "00000020");
        assertThat(octets(ask(Calls.of(41, "ufy").u64(1).u32(32).done())))
                .isEqualTo(Hashes.sha256(MESSAGE));
        rejected(Ckr.OPERATION_NOT_INITIALIZED, Calls.of(41, "ufy").u64(1).u32(32).done());
        rejected(Ckr.MECHANISM_INVALID, Calls.of(37, "uM").u64(1).u32(0x220).u32(-1).done());
    }

    @Test
    void mechanismsAreThoseOfTheTable() {
        assertThat(Mechanisms.all())
                .contains(0x1L, 0xdL, 0x40L, 0x41L, 0x42L, 0x43L, 0x1041L, 0x1044L, 0x250L)
                .doesNotContain(0x6L, 0x220L, 0x1042L)
                .doesNotHaveDuplicates();
        var size = ask(Calls.of(7, "ufu").u64(1).u32(0).done());
        assertThat(size.hex()).isEqualTo("00000007" + "00000002" + "6175" + "00" + "0000000f");
        for (long one : Mechanisms.all()) {
            assertThat(ask(Calls.of(8, "uu").u64(1).u64(one).done()).size())
                    .isEqualTo(4 + 4 + 3 + 3 * 8);
        }
    }
}
