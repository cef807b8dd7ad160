package dev.custodian.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.MalformedException;
import org.junit.jupiter.api.Test;

/// RFC 4252 §7 and OpenSSH PROTOCOL.sshsig §2, and what is nearly one of them.
class SignedDataTest {
    static final Bytes SESSION = Bytes.of(new byte[32]);
    static final Bytes KEY = Bytes.utf8("key");
    static final Bytes HOST = Bytes.utf8("host");

    static SshWriter login(Bytes session, String method) {
        return login(session, 50, "ada", "ssh-connection", method, 1);
    }

    static SshWriter login(
            Bytes session, int message, String user, String service, String method, int flag) {
        return new SshWriter()
                .string(session)
                .u8(message)
                .string(user)
                .string(service)
                .string(method)
                .u8(flag)
                .string("rsa-sha2-512")
                .string(KEY);
    }

    static SshWriter sig(String namespace, String reserved, String hash, int size) {
        return new SshWriter()
                .plain(Bytes.utf8("SSHSIG"))
                .string(namespace)
                .string(reserved)
                .string(hash)
                .string(Bytes.of(new byte[size]));
    }

    private static void refused(SshWriter data) {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> SignedData.parse(data.done()));
    }

    @Test
    void whatIsNearlyALoginIsRefused() {
        refused(login(Bytes.of(new byte[19]), "publickey"));
        refused(login(SESSION, 51, "ada", "ssh-connection", "publickey", 1));
        refused(login(SESSION, 50, "", "ssh-connection", "publickey", 1));
        refused(login(SESSION, 50, "ada", "ssh-userauth", "publickey", 1));
        refused(login(SESSION, 50, "ada", "ssh-connection", "hostbased", 1));
        refused(login(SESSION, 50, "ada", "ssh-connection", "publickey", 0));
        refused(login(SESSION, 50, "ada", "ssh-connection", "publickey", 2));
        refused(login(SESSION, "publickey").u8(0));
        refused(login(SESSION, "publickey-hostbound-v00@openssh.com"));
        refused(login(SESSION, "publickey").string(HOST));
        refused(new SshWriter());
        refused(new SshWriter().plain(Bytes.utf8("any digest or a document's octets")));
    }

    @Test
    void whatIsNearlyAnSshSigIsRefused() {
        refused(sig("", "", "sha512", 64));
        refused(sig("git", "x", "sha512", 64));
        refused(sig("git", "", "sha1", 20));
        refused(sig("git", "", "sha512", 32));
        refused(sig("git", "", "sha256", 64));
        refused(sig("git", "", "sha512", 64).u8(0));
        refused(new SshWriter().plain(Bytes.utf8("SSHSIG")));
    }

    @Test
    void loginIsRead() throws Exception {
        assertThat(SignedData.parse(login(SESSION, "publickey").done()))
                .isEqualTo(new SignedData.Login(SESSION, "ada", "rsa-sha2-512", KEY, Bytes.EMPTY));
        var bound = login(SESSION, "publickey-hostbound-v00@openssh.com").string(HOST);
        assertThat(SignedData.parse(bound.done()))
                .isEqualTo(new SignedData.Login(SESSION, "ada", "rsa-sha2-512", KEY, HOST));
    }

    @Test
    void sshSigIsRead() throws Exception {
        assertThat(SignedData.parse(sig("git", "", "sha512", 64).done()))
                .isEqualTo(
                        new SignedData.SshSig("git", HashAlgorithm.SHA512, Bytes.of(new byte[64])));
    }
}
