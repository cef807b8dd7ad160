package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.util.Arrays;

/// Secrets in files, `NAME.secret`: `"CUSTODIAN-SECRET" | version 1`, and what a [Sealing] made of
/// the secret for the purpose `secret-NAME`.
///
/// @param folder one whose files are as they are
record SealedSecrets(PrivateFolder folder, Sealing sealing) implements SecretStore {
    private static final Bytes HEAD = Bytes.utf8("CUSTODIAN-SECRET\1");
    private static final String SUFFIX = ".secret";

    /// Most octets of a file: a TPM adds a key of its own to each.
    private static final int LONGEST_FILE = LONGEST + (16 << 10);

    private static String file(String name) {
        return SecretNames.require(name) + SUFFIX;
    }

    @Override
    public void keep(String name, Secret secret) throws DeviceException {
        SecretNames.require(secret);
        var file = file(name);
        var sealed = Bytes.concat(HEAD, sealing.seal("secret-" + name, secret));
        try (var content = Secret.owning(sealed.toArray())) {
            folder.replace(file, content);
        }
    }

    @Override
    public Secret get(String name) throws DeviceException {
        var file = file(name);
        try (var content = folder.read(file, LONGEST_FILE)) {
            var octets = content.expose();
            int size = HEAD.size();
            if (octets.length > LONGEST_FILE
                    || octets.length < size
                    || !Bytes.of(Arrays.copyOf(octets, size)).equals(HEAD)) {
                throw new DeviceException(
                        DeviceFailure.KEY_DAMAGED, folder.path(file) + " holds no secret.");
            }
            return sealing.unseal(
                    "secret-" + name, Bytes.of(Arrays.copyOfRange(octets, size, octets.length)));
        }
    }

    @Override
    public boolean delete(String name) throws DeviceException {
        return folder.delete(file(name));
    }
}
