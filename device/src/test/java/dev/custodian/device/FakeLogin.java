package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Secret;
import dev.custodian.device.login.LoginSeal;
import java.io.IOException;
import java.util.Arrays;

/// Stands in for the system: what one user sealed, no other one opens. Keeps nothing secret.
record FakeLogin(String user) implements LoginSeal {
    private static final int MARK = 32;

    private byte[] mark(String purpose, byte[] octets) {
        return Hashes.sha256(Bytes.utf8(user + "|" + purpose + "|" + Bytes.of(octets).hex()))
                .toArray();
    }

    private static byte[] turned(byte[] octets) {
        var turned = octets.clone();
        for (int i = 0; i < turned.length; i++) {
            turned[i] ^= 0x5a;
        }
        return turned;
    }

    @Override
    public byte[] seal(String purpose, Secret plain) {
        var octets = plain.expose();
        var sealed = Arrays.copyOf(mark(purpose, octets), MARK + octets.length);
        System.arraycopy(turned(octets), 0, sealed, MARK, octets.length);
        return sealed;
    }

    @Override
    public Secret open(String purpose, byte[] sealed) throws IOException {
        if (sealed.length < MARK) {
            throw new IOException("cut off");
        }
        var octets = turned(Arrays.copyOfRange(sealed, MARK, sealed.length));
        if (!Arrays.equals(Arrays.copyOf(sealed, MARK), mark(purpose, octets))) {
            throw new IOException("another user's, or changed");
        }
        return Secret.owning(octets);
    }
}
