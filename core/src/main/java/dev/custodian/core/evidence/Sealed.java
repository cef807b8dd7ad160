package dev.custodian.core.evidence;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.hpke.Hpke;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;

/// `SEALED`: PIN and share for the server's activation module alone, bound to one intent (FORMATS
/// §2).
///
/// @param keyId which activation key it is sealed to, 8 octets
/// @param box HPKE box, see [Hpke]
public record Sealed(Bytes keyId, Bytes box) {
    /// Octets of an activation key's id.
    public static final int KEY_ID = 8;

    private static final Bytes INFO = Bytes.utf8("custodian/activation/1");
    private static final int LEAST = KEY_ID + Hpke.OVERHEAD + Factors.LEAST;
    private static final int MOST = KEY_ID + Hpke.OVERHEAD + Factors.MOST;

    public Sealed {
        if (keyId.size() != KEY_ID) {
            throw new IllegalArgumentException("an activation key's id has 8 octets");
        }
    }

    /// Seals `factors` to the activation key `recipient` for the intent with this hash.
    public static Sealed seal(
            Bytes keyId, Bytes recipient, Bytes intentHash, Factors factors, SecureRandom random)
            throws GeneralSecurityException {
        try (var plaintext = factors.encode()) {
            factors.rest();
            return new Sealed(
                    keyId, Hpke.seal(recipient, INFO, intentHash, plaintext.expose(), random));
        }
    }

    /// Opens with the activation key; errors alike for another key, another intent and damage. The
    /// factors rest.
    public Factors open(PrivateKey activationKey, Bytes intentHash)
            throws GeneralSecurityException, MalformedException {
        try (var plaintext = Hpke.open(activationKey, box, INFO, intentHash)) {
            var factors = Factors.decode(plaintext);
            factors.rest();
            return factors;
        }
    }

    /// `key id (8) | enc (32) | ciphertext`.
    public Bytes encode() {
        return Bytes.concat(keyId, box);
    }

    public static Sealed decode(Bytes octets) throws MalformedException {
        if (octets.size() < LEAST || octets.size() > MOST) {
            throw new MalformedException(Reason.SIZE, "SEALED of the wrong size");
        }
        return new Sealed(octets.slice(0, KEY_ID), octets.slice(KEY_ID, octets.size()));
    }
}
