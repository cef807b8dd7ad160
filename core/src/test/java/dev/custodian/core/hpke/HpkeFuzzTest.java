package dev.custodian.core.hpke;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;

/// Without the key nobody makes a box that opens, and no octets do anything but stay shut.
class HpkeFuzzTest {
    private static final PrivateKey KEY = X25519.privateKey(Secret.owning(new byte[32]));
    private static final Bytes NOTHING = Bytes.EMPTY;

    @FuzzTest
    void boxesStayShut(byte[] octets) {
        try {
            Hpke.open(KEY, Bytes.of(octets), NOTHING, NOTHING);
        } catch (GeneralSecurityException e) {
            return;
        }
        throw new AssertionError("opened");
    }

    @FuzzTest
    void sealsStayShut(byte[] octets) {
        try (var key = Secret.owning(new byte[32])) {
            Aead.open(key, NOTHING, Bytes.of(octets));
        } catch (GeneralSecurityException e) {
            return;
        }
        throw new AssertionError("opened");
    }
}
