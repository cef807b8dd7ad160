package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import org.jspecify.annotations.Nullable;

/// Device keys in a folder: `NAME.p8`, PKCS#8 in DER as other programs read it, for this user
/// alone; or the same sealed under a [FolderKey].
public final class SoftwareDeviceKeys implements DeviceKeys {
    private static final String SUFFIX = ".p8";

    private final PrivateFolder folder;
    private final Protection protection;

    private SoftwareDeviceKeys(PrivateFolder folder, Protection protection) {
        this.folder = folder;
        this.protection = protection;
    }

    /// Keys in `folder`, which is made when it is missing and refused when others may enter it.
    public static SoftwareDeviceKeys in(Path folder) throws Refused {
        return in(folder, null);
    }

    /// The same, sealed.
    ///
    /// @param key null for none: what is sealed is refused then (`KEY_SEALED`)
    public static SoftwareDeviceKeys in(Path folder, @Nullable FolderKey key) throws Refused {
        return new SoftwareDeviceKeys(
                PrivateFolder.open(folder, key),
                key == null ? Protection.SOFTWARE : key.protection());
    }

    @Override
    public Protection protection() {
        return protection;
    }

    /// Seals a key that was not sealed yet, if there is one.
    public void seal(String name) throws Refused {
        folder.seal(name + SUFFIX, P256File.SIZE);
    }

    @Override
    public DeviceKey create(String name) throws Refused {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var pair = generator.generateKeyPair();
            var publicKey = (ECPublicKey) pair.getPublic();
            try (var file = P256File.encode((ECPrivateKey) pair.getPrivate(), publicKey)) {
                folder.create(name + SUFFIX, file);
            }
            return new FileKey(pair.getPrivate(), publicKey);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has P-256", e);
        }
    }

    @Override
    public DeviceKey load(String name) throws Refused {
        try (Secret file = folder.read(name + SUFFIX, P256File.SIZE)) {
            var key = new FileKey(P256File.privateKey(file), P256File.publicKey(file));
            requirePair(key);
            return key;
        } catch (GeneralSecurityException e) {
            throw new Refused(
                    FailureKind.KEY_FILE_UNUSABLE,
                    folder.path(name + SUFFIX) + " holds no P-256 key pair.");
        }
    }

    @Override
    public void delete(String name) throws Refused {
        folder.delete(name + SUFFIX);
    }

    /// A damaged file is found here and not by a server that refuses the device.
    private static void requirePair(FileKey key) throws GeneralSecurityException {
        var probe = new byte[32];
        var check = Signature.getInstance(FileKey.ALGORITHM);
        check.initVerify(key.publicKey);
        check.update(probe);
        if (!check.verify(key.rawSignature(probe))) {
            throw new GeneralSecurityException("the halves do not belong together");
        }
    }

    private record FileKey(PrivateKey privateKey, ECPublicKey publicKey) implements DeviceKey {
        private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

        @Override
        public Bytes sign(Bytes message) {
            try {
                return Bytes.of(rawSignature(message.toArray()));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("a key that signed before no longer does", e);
            }
        }

        private byte[] rawSignature(byte[] message) throws GeneralSecurityException {
            var signature = Signature.getInstance(ALGORITHM);
            signature.initSign(privateKey);
            signature.update(message);
            return signature.sign();
        }

        @Override
        public String toString() {
            return "DeviceKey";
        }
    }
}
