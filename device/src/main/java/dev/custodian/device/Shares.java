package dev.custodian.device;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// Shares: 256 random bits for each device of an owner, one half of what opens the owner's slot.
/// `NAME.share` in a folder, for this user alone, maybe sealed under a [FolderKey]; names as in
/// [KeySpec].
public final class Shares {
    /// Octets in a share.
    public static final int SIZE = 32;

    private static final String SUFFIX = ".share";

    private final PrivateFolder folder;
    private final SecureRandom random;

    private Shares(PrivateFolder folder, SecureRandom random) {
        this.folder = folder;
        this.random = random;
    }

    /// Shares in `folder`, which is made when it is missing and refused when others may enter it.
    public static Shares in(Path folder, SecureRandom random) throws Refused {
        return in(folder, random, null);
    }

    /// The same, sealed.
    ///
    /// @param key null for none: what is sealed is refused then (`KEY_SEALED`)
    public static Shares in(Path folder, SecureRandom random, @Nullable FolderKey key)
            throws Refused {
        try {
            return new Shares(PrivateFolder.open(folder, key), random);
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    /// Seals a share that was not sealed yet, if there is one.
    public void seal(String name) throws Refused {
        try {
            folder.seal(name + SUFFIX, SIZE);
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    /// Makes a new share; refused when the name is taken. The caller closes it.
    public Secret create(String name) throws Refused {
        var octets = new byte[SIZE];
        random.nextBytes(octets);
        var share = Secret.owning(octets);
        try {
            folder.create(name + SUFFIX, share);
            return share;
        } catch (DeviceException e) {
            share.close();
            throw e.refused();
        }
    }

    /// The share of this name; refused when there is none. The caller closes it.
    public Secret load(String name) throws Refused {
        var share = read(name);
        if (share.size() != SIZE) {
            share.close();
            throw new Refused(
                    FailureKind.KEY_FILE_UNUSABLE,
                    folder.path(name + SUFFIX)
                            + " is not a share: it has to hold "
                            + SIZE
                            + " octets.");
        }
        return share;
    }

    /// Forgets the share of this name, if there is one.
    public void delete(String name) throws Refused {
        try {
            var _ = folder.delete(name + SUFFIX);
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    private Secret read(String name) throws Refused {
        try {
            return folder.read(name + SUFFIX, SIZE);
        } catch (DeviceException e) {
            throw e.refused();
        }
    }
}
