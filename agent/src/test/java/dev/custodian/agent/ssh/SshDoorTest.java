package dev.custodian.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.signing.FakePerson;
import dev.custodian.agent.signing.FakeServer;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.agent.signing.Signing;
import dev.custodian.agent.signing.TestCredentials;
import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Shown;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The door without a socket: octets in, octets out.
class SshDoorTest {
    private static final TestCredentials EC =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.LOGIN, "Ada\nLovelace");
    private static final TestCredentials EC384 =
            TestCredentials.of(KeyAlgorithm.P384, Purpose.LOGIN, "Ada");
    private static final TestCredentials RSA =
            TestCredentials.of(KeyAlgorithm.RSA_2048, Purpose.LOGIN, "Ada");
    private static final TestCredentials CODE =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.CODE, "Ada");
    private static final TestCredentials PAPER =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.DOCUMENT, "Ada");

    private static final Bytes FAILURE = Bytes.of((byte) 5);
    private static final Bytes SUCCESS = Bytes.of((byte) 6);
    private static final Bytes SESSION = Bytes.of(new byte[32]);
    private static final Bytes OTHER_SESSION = Bytes.utf8("another session, 32 octets long.");

    private final FakePerson person = new FakePerson();
    private final FakeServer server = new FakeServer(EC, EC384, RSA, CODE, PAPER);
    private final KeyRing keys =
            new KeyRing(
                    () ->
                            List.of(
                                    CODE.credential(),
                                    PAPER.credential(),
                                    EC.credential(),
                                    EC384.credential(),
                                    RSA.credential()));
    private final Lock lock = new Lock(new SecureRandom());
    private final SshDoor door =
            new SshDoor(
                    keys,
                    new Signing(
                            server,
                            person,
                            () -> Secret.owning(new byte[32]),
                            new Peers(0),
                            lock,
                            InstantSource.system()),
                    lock);
    private final SshDoor.Conversation talk = door.new Conversation(Peer.UNKNOWN, () -> true);

    @BeforeEach
    void refresh() throws Exception {
        keys.refresh();
    }

    private static Bytes blob(TestCredentials one) throws Exception {
        return SshKey.encode(
                one.credential().algorithm(), one.credential().certificate().getPublicKey());
    }

    private static Bytes login(TestCredentials with, String algorithm) throws Exception {
        return login(with, algorithm, SESSION, Bytes.EMPTY);
    }

    private static Bytes login(TestCredentials with, String algorithm, Bytes session, Bytes host)
            throws Exception {
        var writer =
                new SshWriter()
                        .string(session)
                        .u8(50)
                        .string("ada\u202E")
                        .string("ssh-connection")
                        .string(
                                host.size() == 0
                                        ? "publickey"
                                        : "publickey-hostbound-v00@openssh.com")
                        .u8(1)
                        .string(algorithm)
                        .string(blob(with));
        return host.size() == 0 ? writer.done() : writer.string(host).done();
    }

    private Bytes sign(TestCredentials with, Bytes data, int flags) throws Exception {
        return talk.answer(
                new SshWriter().u8(13).string(blob(with)).string(data).u32(flags).done());
    }

    private void refused(Bytes answer) {
        assertThat(answer).isEqualTo(FAILURE);
        assertThat(server.signed).isEmpty();
        assertThat(person.asked).isEmpty();
    }

    /// Checks an answer to a request for a signature.
    private static boolean fits(TestCredentials with, Bytes data, Bytes answer, String algorithm)
            throws Exception {
        var reader = new SshReader(answer);
        assertThat(reader.u8()).isEqualTo(14);
        var signature = reader.string();
        reader.done();
        assertThat(new SshReader(signature).name()).isEqualTo(algorithm);
        return HostKey.hasSigned(blob(with), data, signature);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0d", "0d00000001", "0dffffffff", "0b00", "16", "1b", "1b00000000"})
    void malformedRequestIsFailure(String hex) {
        refused(talk.answer(Bytes.fromHex(hex)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 17, 18, 19, 20, 21, 25, 26, 28, 200, 255})
    void requestsToAddOrRemoveKeysAndUnknownOnesAreFailure(int type) {
        refused(talk.answer(new SshWriter().u8(type).string("x").done()));
    }

    @Test
    void unknownExtensionIsFailure() {
        refused(talk.answer(new SshWriter().u8(27).string("query").done()));
    }

    @Test
    void whatIsNeitherLoginNorSshSigIsNotSigned() throws Exception {
        refused(sign(EC, Bytes.utf8("a message of any other protocol"), 0));
        refused(sign(CODE, Bytes.of(new byte[32]), 0));
        refused(sign(EC, Bytes.EMPTY, 0));
    }

    @Test
    void keyThatIsNotOursIsNotSignedWith() throws Exception {
        refused(
                talk.answer(
                        new SshWriter()
                                .u8(13)
                                .string("key")
                                .string(login(EC, "ecdsa-sha2-nistp256"))
                                .u32(0)
                                .done()));
        refused(sign(PAPER, login(PAPER, "ecdsa-sha2-nistp256"), 0));
    }

    @Test
    void purposesAreNotMixed() throws Exception {
        refused(sign(CODE, login(CODE, "ecdsa-sha2-nistp256"), 0));
        refused(sign(EC, SignedDataTest.sig("git", "", "sha512", 64).done(), 0));
    }

    @Test
    void sha1AndUnknownFlagsAreRefused() throws Exception {
        refused(sign(RSA, login(RSA, "ssh-rsa"), 0));
        refused(sign(RSA, login(RSA, "rsa-sha2-256"), 6));
        refused(sign(EC, login(EC, "ecdsa-sha2-nistp256"), 2));
    }

    @Test
    void loginThatNamesAnotherKeyOrAlgorithmIsRefused() throws Exception {
        refused(sign(RSA, login(EC, "ecdsa-sha2-nistp256"), 2));
        refused(sign(RSA, login(RSA, "rsa-sha2-256"), 4));
    }

    @Test
    void noIsFailure() throws Exception {
        person.pin = "";
        assertThat(sign(EC, login(EC, "ecdsa-sha2-nistp256"), 0)).isEqualTo(FAILURE);
        assertThat(server.signed).isEmpty();
    }

    @Test
    void keysAreListedLoginFirstWithoutAQuestion() throws Exception {
        var reader = new SshReader(talk.answer(Bytes.of((byte) 11)));
        assertThat(reader.u8()).isEqualTo(12);
        assertThat(reader.u32()).isEqualTo(4);
        for (var one : List.of(EC, EC384, RSA, CODE)) {
            assertThat(reader.string()).isEqualTo(blob(one));
            assertThat(reader.string().utf8())
                    .startsWith("CN=Ada")
                    .doesNotContain("\n")
                    .endsWith(" (" + one.credential().purpose().text() + ")");
        }
        reader.done();
        assertThat(person.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "P256, 0, ecdsa-sha2-nistp256",
        "P384, 0, ecdsa-sha2-nistp384",
        "RSA_2048, 2, rsa-sha2-256",
        "RSA_2048, 4, rsa-sha2-512"
    })
    void loginIsSigned(KeyAlgorithm key, int flags, String algorithm) throws Exception {
        var with = key == KeyAlgorithm.P256 ? EC : key == KeyAlgorithm.P384 ? EC384 : RSA;
        var data = login(with, algorithm);
        // The numbers of ECDSA have one octet less now and then.
        for (int i = 0; i < (flags == 0 ? 32 : 1); i++) {
            var answer = sign(with, data, flags);
            assertThat(fits(with, data, answer, algorithm)).isTrue();
            assertThat(fits(with, Bytes.utf8("other"), answer, algorithm)).isFalse();
        }
        assertThat(person.asked.getFirst().shown())
                .contains(
                        new Shown("host", "not known", Shown.Source.UNKNOWN),
                        new Shown("user there", "ada\\u{202e}", Shown.Source.COMPUTED));
    }

    @Test
    void sshSigIsSignedAndItsNamespaceShown() throws Exception {
        var data = SignedDataTest.sig("git", "", "sha512", 64).done();
        assertThat(fits(CODE, data, sign(CODE, data, 0), "ecdsa-sha2-nistp256")).isTrue();
        assertThat(person.asked.getFirst().title()).isEqualTo("Sign code?");
        assertThat(person.asked.getFirst().shown())
                .contains(
                        new Shown("namespace", "git", Shown.Source.COMPUTED),
                        new Shown("message", "SHA-512 …0000000000000000", Shown.Source.REPORTED));
    }

    @Test
    void lockedAgentListsAndSignsNothing() throws Exception {
        assertThat(talk.answer(new SshWriter().u8(22).string("secret").done())).isEqualTo(SUCCESS);
        assertThat(talk.answer(Bytes.of((byte) 11))).isEqualTo(Bytes.fromHex("0c00000000"));
        refused(sign(EC, login(EC, "ecdsa-sha2-nistp256"), 0));
        refused(talk.answer(new SshWriter().u8(23).string("other").done()));
        refused(talk.answer(new SshWriter().u8(22).string("other").done()));
        assertThat(talk.answer(new SshWriter().u8(23).string("secret").done())).isEqualTo(SUCCESS);
        assertThat(new SshReader(talk.answer(Bytes.of((byte) 11))).u8()).isEqualTo(12);
    }

    /// A host with a key of its own.
    private record Host(KeyPair pair) {
        static Host create() throws Exception {
            return new Host(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        }

        Bytes blob() {
            var spki = Bytes.of(pair.getPublic().getEncoded());
            return new SshWriter()
                    .string("ssh-ed25519")
                    .string(spki.slice(spki.size() - 32, spki.size()))
                    .done();
        }

        Bytes bind(Bytes session, boolean forwarding) throws Exception {
            return bind(session, session, forwarding);
        }

        /// Says one session and signs another.
        Bytes bind(Bytes said, Bytes session, boolean forwarding) throws Exception {
            var signer = Signature.getInstance("Ed25519");
            signer.initSign(pair.getPrivate());
            signer.update(session.toArray());
            var signature =
                    new SshWriter().string("ssh-ed25519").string(Bytes.of(signer.sign())).done();
            return new SshWriter()
                    .u8(27)
                    .string("session-bind@openssh.com")
                    .string(blob())
                    .string(said)
                    .string(signature)
                    .u8(forwarding ? 1 : 0)
                    .done();
        }
    }

    @Test
    void hostThatDidNotSignTheSessionIsNotBelieved() throws Exception {
        refused(talk.answer(Host.create().bind(SESSION, OTHER_SESSION, false)));
        var mixed = Host.create().bind(SESSION, false).toArray();
        mixed[50] ^= 1;
        refused(talk.answer(Bytes.of(mixed)));
    }

    @Test
    void loginOfAnotherSessionOrHostIsRefusedOnceBound() throws Exception {
        var host = Host.create();
        assertThat(talk.answer(host.bind(SESSION, false))).isEqualTo(SUCCESS);
        refused(sign(EC, login(EC, "ecdsa-sha2-nistp256", OTHER_SESSION, Bytes.EMPTY), 0));
        refused(sign(EC, login(EC, "ecdsa-sha2-nistp256", SESSION, Host.create().blob()), 0));
        refused(talk.answer(host.bind(OTHER_SESSION, false)));
    }

    @Test
    void boundLoginShowsTheHost() throws Exception {
        var host = Host.create();
        assertThat(talk.answer(host.bind(SESSION, false))).isEqualTo(SUCCESS);
        var data = login(EC, "ecdsa-sha2-nistp256", SESSION, host.blob());
        assertThat(fits(EC, data, sign(EC, data, 0), "ecdsa-sha2-nistp256")).isTrue();
        assertThat(person.asked.getFirst().shown())
                .contains(
                        new Shown(
                                "host key",
                                SshKey.fingerprint(host.blob()),
                                Shown.Source.COMPUTED));
    }

    @Test
    void hostThatForwardsCannotLogInByItself() throws Exception {
        var near = Host.create();
        var far = Host.create();
        assertThat(talk.answer(near.bind(SESSION, true))).isEqualTo(SUCCESS);
        refused(sign(EC, login(EC, "ecdsa-sha2-nistp256"), 0));
        refused(talk.answer(far.bind(SESSION, false)));
        assertThat(talk.answer(far.bind(OTHER_SESSION, false))).isEqualTo(SUCCESS);
        var data = login(EC, "ecdsa-sha2-nistp256", OTHER_SESSION, far.blob());
        assertThat(fits(EC, data, sign(EC, data, 0), "ecdsa-sha2-nistp256")).isTrue();
        assertThat(person.asked.getFirst().shown())
                .extracting(Shown::text)
                .contains(SshKey.fingerprint(near.blob()), SshKey.fingerprint(far.blob()));
    }
}
