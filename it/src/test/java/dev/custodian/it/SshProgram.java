package dev.custodian.it;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;

/// A program of our own at the ssh door.
final class SshProgram implements AutoCloseable {
    private static final int SIGN_REQUEST = 13;
    private static final int SIGN_RESPONSE = 14;

    private final Wire wire;

    private SshProgram(Wire wire) {
        this.wire = wire;
    }

    static SshProgram at(Path socket) throws IOException {
        return new SshProgram(Wire.to(socket));
    }

    /// Asks for a signature as `ssh-keygen -Y sign` does.
    ///
    /// @param key a line of `ssh-add -L`
    void ask(String key, String message) throws IOException {
        var blob = Bytes.of(Base64.getDecoder().decode(key.split(" ", 3)[1]));
        var data =
                Bytes.concat(
                        Bytes.utf8("SSHSIG"),
                        Wire.string("file"),
                        Wire.string(""),
                        Wire.string("sha256"),
                        Wire.string(Hashes.sha256(Bytes.utf8(message))));
        wire.write(
                Wire.string(
                        Bytes.concat(
                                Bytes.of((byte) SIGN_REQUEST),
                                Wire.string(blob),
                                Wire.string(data),
                                Bytes.u32(0))));
    }

    /// Whether the answer is a signature.
    boolean isSigned() throws IOException {
        return wire.string().at(0) == SIGN_RESPONSE;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
