package dev.custodian.agent.session;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.device.Privacy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Files of a folder that only its user may read. Each is replaced at once: a crash leaves the one
/// or the other.
record PrivateFiles(Path folder, Privacy privacy) {
    boolean has(String name) {
        return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    byte[] read(String name) throws Refused {
        try (var in = Files.newInputStream(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unusable(name);
        }
    }

    void write(String name, byte[] octets) throws Refused {
        try {
            var draft = Files.createTempFile(folder, ".new", "", privacy.file());
            try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                for (var left = ByteBuffer.wrap(octets); left.hasRemaining(); ) {
                    channel.write(left);
                }
                channel.force(true);
            } catch (IOException e) {
                Files.delete(draft);
                throw e;
            }
            Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            privacy.force(folder);
        } catch (IOException e) {
            throw unusable(name);
        }
    }

    Refused unusable(String name) {
        return new Refused(
                FailureKind.KEY_FILE_UNUSABLE,
                folder.resolve(name) + " cannot be read or written.");
    }
}
