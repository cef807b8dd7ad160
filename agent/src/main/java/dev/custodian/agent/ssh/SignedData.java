package dev.custodian.agent.ssh;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;

/// What an ssh program wants signed: there are two things that it may be, and they cannot be
/// mistaken for each other.
sealed interface SignedData {
    /// First octets of an SSHSIG (OpenSSH `PROTOCOL.sshsig` §2); as the beginning of a login they
    /// would be a session's number of 1.4 GB.
    Bytes MAGIC = Bytes.utf8("SSHSIG");

    int USERAUTH_REQUEST = 50;
    int SHORTEST_SESSION = 20;

    /// A login (RFC 4252 §7, OpenSSH `PROTOCOL` §3 for the host-bound kind).
    ///
    /// @param session number of the ssh session
    /// @param user at the server, as the program says
    /// @param algorithm of the signature
    /// @param key the public key that is to log in
    /// @param hostKey of the server; empty when the login does not name it
    record Login(Bytes session, String user, String algorithm, Bytes key, Bytes hostKey)
            implements SignedData {}

    /// A signature for a namespace such as `git` or `file`.
    ///
    /// @param digest of the message, as the program says
    record SshSig(String namespace, HashAlgorithm hash, Bytes digest) implements SignedData {}

    static SignedData parse(Bytes data) throws MalformedException {
        var isSig = data.size() >= MAGIC.size() && data.slice(0, MAGIC.size()).equals(MAGIC);
        return isSig ? sshSig(new SshReader(data.slice(MAGIC.size(), data.size()))) : login(data);
    }

    private static SshSig sshSig(SshReader reader) throws MalformedException {
        var namespace = reader.string().utf8();
        var reserved = reader.string();
        var hash =
                switch (reader.name()) {
                    case "sha256" -> HashAlgorithm.SHA256;
                    case "sha512" -> HashAlgorithm.SHA512;
                    default -> throw new MalformedException("a hash that SSHSIG does not have");
                };
        var digest = reader.string();
        reader.done();
        if (namespace.isEmpty() || reserved.size() > 0) {
            throw new MalformedException("an SSHSIG without a namespace, or of another kind");
        }
        if (digest.size() != hash.length()) {
            throw new MalformedException(Reason.SIZE, "a digest that is not as long as its hash");
        }
        return new SshSig(namespace, hash, digest);
    }

    private static Login login(Bytes data) throws MalformedException {
        var reader = new SshReader(data);
        var session = reader.string();
        int message = reader.u8();
        var user = reader.string().utf8();
        var service = reader.name();
        var method = reader.name();
        var isSigned = reader.flag();
        var algorithm = reader.name();
        var key = reader.string();
        var hostKey =
                switch (method) {
                    case "publickey" -> Bytes.EMPTY;
                    case "publickey-hostbound-v00@openssh.com" -> reader.string();
                    default -> throw new MalformedException("a login by another method");
                };
        reader.done();
        if (session.size() < SHORTEST_SESSION
                || message != USERAUTH_REQUEST
                || !service.equals("ssh-connection")
                || !isSigned
                || user.isEmpty()) {
            throw new MalformedException("not a login");
        }
        return new Login(session, user, algorithm, key, hostKey);
    }
}
