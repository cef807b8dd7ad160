package dev.custodian.agent.session;

import dev.custodian.client.DeviceSigner;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.FolderKey;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.UnsealedKeys;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The device key in a file of the agent's folder: of a software store where the folder is sealed,
/// plain where it is not.
///
/// @param key null for not sealed
record DeviceFile(Path folder, @Nullable FolderKey key) {
    static DeviceFile in(Path folder, @Nullable FolderKey key) {
        return new DeviceFile(folder, key);
    }

    private interface Making {
        DeviceKey make() throws DeviceException;
    }

    private DeviceSigner signer(Making making) throws Refused {
        var verdict = key == null ? null : DeviceVerdict.valueOf(key.verdict().name());
        try {
            return new KeySigner(making.make(), verdict);
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    DeviceSigner create() throws Refused {
        return signer(
                () ->
                        key == null
                                ? UnsealedKeys.in(folder).create(AgentFolder.DEVICE)
                                : SoftwareStore.in(folder, key)
                                        .create(new KeySpec(AgentFolder.DEVICE, KeyType.P256)));
    }

    DeviceSigner load() throws Refused {
        return signer(
                () ->
                        key == null
                                ? UnsealedKeys.in(folder).load(AgentFolder.DEVICE)
                                : SoftwareStore.in(folder, key).open(uri()));
    }

    private KeyUri uri() {
        return new KeyUri.SoftwareFile(
                folder.toAbsolutePath().normalize().resolve(AgentFolder.DEVICE + ".p8"));
    }

    /// Seals the key that is there as a plain file, if there is one.
    void seal() throws Refused {
        if (key == null) {
            return;
        }
        try {
            UnsealedKeys.seal(folder, AgentFolder.DEVICE, key);
        } catch (DeviceException e) {
            throw e.refused();
        }
    }
}
