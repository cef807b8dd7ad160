package dev.custodian.device.tpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// A TPM behind Linux's device file: one write is one command, one read its answer.
public final class DeviceFile implements TpmTransport {
    /// The TPM behind the kernel's resource manager: each who opens it has objects of his own,
    /// which are gone when he closes it.
    public static final Path MANAGED = Path.of("/dev/tpmrm0");

    private final FileChannel file;

    private DeviceFile(FileChannel file) {
        this.file = file;
    }

    /// Opens it; the exception's message says what to do.
    public static DeviceFile open(Path path) throws IOException {
        return open(
                path,
                file -> FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /// Opens a file; a test's refuses it.
    interface Opening {
        FileChannel open(Path path) throws IOException;
    }

    static DeviceFile open(Path path, Opening opening) throws IOException {
        try {
            return new DeviceFile(opening.open(path));
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "You may not use the TPM at "
                            + path
                            + ". Have an administrator add you to the group that owns it (tss on"
                            + " most systems: usermod -aG tss NAME), then log in anew.",
                    e);
        } catch (NoSuchFileException e) {
            throw new IOException("This machine has no TPM 2.0 at " + path + ".", e);
        }
    }

    @Override
    public byte[] call(byte[] command) throws IOException {
        if (file.write(ByteBuffer.wrap(command)) != command.length) {
            throw new IOException("the TPM took only a part of the command");
        }
        var answer = ByteBuffer.allocate(LONGEST);
        int size = file.read(answer);
        return Arrays.copyOf(answer.array(), Math.max(size, 0));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
