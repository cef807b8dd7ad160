package dev.custodian.device.login;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.aead.AesGcm;
import dev.custodian.device.login.LoginException.Meaning;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Seals under keys that lie in the keyring of the login, one for each thing sealed: an item whose
/// secret is 64 hexadecimal digits, with the attributes `custodian-id` and `custodian-purpose`.
///
/// What is sealed is `"CUSTODIAN-KEYRING" | version 1 | id 16 | nonce 12 | sealed octets`, by
/// AES-256-GCM. What stands before the last is associated data, with the purpose behind that: a
/// keyring that hands out another secret opens nothing.
public final class KeyringSeal implements LoginSeal {
    /// The attribute that names an item: what `secret-tool lookup` wants.
    public static final String ID = "custodian-id";

    private static final byte[] HEAD = "CUSTODIAN-KEYRING\1".getBytes(StandardCharsets.US_ASCII);
    private static final int ID_SIZE = 16;

    private final Opening keyring;
    private final SecureRandom random;

    /// Reaches a keyring: for each use anew.
    public interface Opening {
        SecretService open() throws LoginException;
    }

    public KeyringSeal(Opening keyring, SecureRandom random) {
        this.keyring = keyring;
        this.random = random;
    }

    /// By the keyring of this login, which may ask its person to unlock it. Looks for it only when
    /// it is used.
    public static KeyringSeal here() {
        return new KeyringSeal(SecretService::open, new SecureRandom());
    }

    /// The same, which asks nobody: a locked keyring opens nothing.
    public static KeyringSeal quietlyHere() {
        return new KeyringSeal(SecretService::openQuietly, new SecureRandom());
    }

    /// Whether there is such a keyring; starts it when it is not running, and asks nobody.
    public boolean isThere() {
        try (var _ = keyring.open()) {
            return true;
        } catch (LoginException e) {
            return false;
        }
    }

    private static Map<String, String> attributes(String purpose, byte[] id) {
        var attributes = new LinkedHashMap<String, String>();
        attributes.put("xdg:schema", "dev.custodian.Keyring");
        attributes.put(ID, Bytes.of(id).hex());
        attributes.put("custodian-purpose", purpose);
        return attributes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] seal(String purpose, Secret plain) throws LoginException {
        var id = new byte[ID_SIZE];
        random.nextBytes(id);
        var octets = new byte[AesGcm.KEY];
        random.nextBytes(octets);
        try (var key = Secret.owning(octets);
                var text = hex(key);
                var service = keyring.open()) {
            service.create("Custodian: " + purpose, attributes(purpose, id), text, false);
            var head = ByteBuffer.allocate(HEAD.length + ID_SIZE).put(HEAD).put(id).array();
            return AesGcm.seal(head, ascii(purpose), key, plain, random);
        }
    }

    @Override
    public Secret open(String purpose, byte[] sealed) throws LoginException {
        var id = id(sealed);
        List<Secret> found;
        try (var service = keyring.open()) {
            found = service.find(attributes(purpose, id));
        }
        try {
            for (var text : found) {
                try (var key = key(text)) {
                    return AesGcm.open(sealed, HEAD.length + ID_SIZE, ascii(purpose), key);
                } catch (GeneralSecurityException e) {
                    // another item that says it is this one
                }
            }
        } finally {
            found.forEach(Secret::close);
        }
        throw found.isEmpty()
                ? new LoginException(
                        Meaning.ITEM_GONE, "it has no item with " + ID + " " + Bytes.of(id).hex())
                : new LoginException(
                        Meaning.CHANGED,
                        "its item with " + ID + " " + Bytes.of(id).hex() + " does not open it");
    }

    @Override
    public void forget(byte[] sealed) throws IOException {
        if (!isOurs(sealed)) {
            return;
        }
        try (var service = keyring.open()) {
            var _ = service.delete(Map.of(ID, Bytes.of(id(sealed)).hex()));
        }
    }

    private static boolean isOurs(byte[] sealed) {
        return sealed.length >= HEAD.length + ID_SIZE + AesGcm.OVERHEAD
                && Arrays.equals(sealed, 0, HEAD.length, HEAD, 0, HEAD.length);
    }

    private static byte[] id(byte[] sealed) throws LoginException {
        if (!isOurs(sealed)) {
            throw new LoginException(Meaning.CHANGED, "it was not sealed by a keyring");
        }
        return Arrays.copyOfRange(sealed, HEAD.length, HEAD.length + ID_SIZE);
    }

    /// In lower-case hexadecimal digits. The caller closes it.
    private static Secret hex(Secret key) {
        var octets = key.expose();
        var text = new byte[2 * octets.length];
        for (int i = 0; i < octets.length; i++) {
            text[2 * i] = (byte) HexFormat.of().toLowHexDigit(octets[i] >> 4);
            text[2 * i + 1] = (byte) HexFormat.of().toLowHexDigit(octets[i]);
        }
        return Secret.owning(text);
    }

    /// The caller closes it.
    private static Secret key(Secret text) throws GeneralSecurityException {
        var digits = text.expose();
        if (digits.length != 2 * AesGcm.KEY) {
            throw new GeneralSecurityException("no key");
        }
        var octets = new byte[AesGcm.KEY];
        for (int i = 0; i < digits.length; i++) {
            if (!HexFormat.isHexDigit(digits[i])) {
                Arrays.fill(octets, (byte) 0);
                throw new GeneralSecurityException("no key");
            }
            octets[i / 2] = (byte) (octets[i / 2] << 4 | HexFormat.fromHexDigit(digits[i]));
        }
        return Secret.owning(octets);
    }
}
