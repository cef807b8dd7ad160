package dev.custodian.agent;

import dev.custodian.client.DeviceSigner;
import dev.custodian.client.Memory;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.Shares;
import dev.custodian.device.SoftwareDeviceKeys;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;

/// What a device keeps from one run to the next: its key, its share and what it remembers of the
/// server. A folder of mode 0700, used by one agent at a time.
public final class AgentFolder implements AutoCloseable {
    /// Name of key and share.
    public static final String DEVICE = "device";

    /// Name of the file that the memory is in.
    public static final String MEMORY = "memory";

    private final Path folder;
    private final SecureRandom random;
    private final FileChannel lock;

    private AgentFolder(Path folder, SecureRandom random, FileChannel lock) {
        this.folder = folder;
        this.random = random;
        this.lock = lock;
    }

    /// Opens the folder for this process alone, or refuses with `AGENT_IN_USE`.
    public static AgentFolder open(Path folder, SecureRandom random) throws Refused {
        // Refuses a folder that others may enter.
        Shares.in(folder, random);
        var lock = lock(folder);
        return new AgentFolder(folder, random, lock);
    }

    private static FileChannel lock(Path folder) throws Refused {
        try {
            var file =
                    FileChannel.open(
                            folder.resolve("lock"),
                            java.util.Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            try {
                if (file.tryLock() != null) {
                    return file;
                }
            } catch (OverlappingFileLockException e) {
                // held by this very process
            }
            file.close();
            throw new Refused(FailureKind.AGENT_IN_USE, "The folder is " + folder + ".");
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, folder + " cannot be locked.");
        }
    }

    DeviceSigner signer() throws Refused {
        return new Signer(SoftwareDeviceKeys.in(folder).load(DEVICE));
    }

    Secret share() throws Refused {
        return Shares.in(folder, random).load(DEVICE);
    }

    Memory memory() throws Refused {
        return Memory.load(folder.resolve(MEMORY));
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // the lock ends with the process at the latest
        }
    }

    private record Signer(DeviceKey key) implements DeviceSigner {
        @Override
        public ECPublicKey publicKey() {
            return key.publicKey();
        }

        @Override
        public Bytes sign(Bytes message) throws Refused {
            return key.sign(message);
        }
    }
}
