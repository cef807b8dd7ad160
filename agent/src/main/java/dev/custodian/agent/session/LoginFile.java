package dev.custodian.agent.session;

import dev.custodian.client.SessionFile;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.device.FolderKey;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Where a device's login is kept: sealed like the other secrets of its folder, but in a plain file
/// where that would take a passphrase.
///
/// @param seal of the folder
record LoginFile(Path file, FolderSeal seal) {
    static final String NAME = "session";

    /// Whether there never was a login: one that ended is kept as such.
    boolean isNew() {
        return Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private boolean isPlain() {
        return seal.verdict() == null || seal.hasPassphrase();
    }

    /// Whether nothing has to answer before it can be read.
    private boolean isOpen() {
        return isPlain() || seal.isOpen();
    }

    /// Whether it ended, as far as that is known without waiting for TPM or keyring.
    boolean isEnded() throws Refused {
        return isOpen()
                ? open(seal.key()).until().equals(Instant.EPOCH)
                : SessionFile.isEnded(file);
    }

    /// Ends it, also when nothing opens what seals it.
    void end() throws Refused {
        if (isOpen()) {
            open(seal.key()).forget();
        } else {
            SessionFile.end(file);
        }
    }

    /// @param key of the folder; null where nothing seals it, or it is not open
    SessionFile open(@Nullable FolderKey key) throws Refused {
        if (isPlain()) {
            return SessionFile.at(file);
        }
        if (key == null) {
            throw new Refused(FailureKind.KEY_SEALED);
        }
        return SessionFile.at(file, new Sealed(key));
    }

    private record Sealed(FolderKey key) implements SessionFile.Seal {
        @Override
        public Secret seal(Secret plain) throws Refused {
            return key.seal(NAME, plain);
        }

        @Override
        public Secret open(Secret sealed) throws Refused {
            return key.open(NAME, sealed);
        }
    }
}
