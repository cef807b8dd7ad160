package dev.custodian.it.device;

import dev.custodian.it.StoreOfMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// A simulated TPM of a machine's own.
public final class TpmOfMachine implements StoreOfMachine {
    private final Swtpm swtpm;

    private TpmOfMachine(Swtpm swtpm) {
        this.swtpm = swtpm;
    }

    /// Over the state in `folder/tpm`; a new one when there is none.
    public static TpmOfMachine start(Path folder) throws Exception {
        return new TpmOfMachine(Swtpm.start(folder.resolve("tpm")));
    }

    /// What its owner, or the firmware's settings, can do: none of its keys opens any more.
    public void clear() throws Exception {
        var _ = swtpm.run("tpm2_clear", "-c", "p").orFail();
    }

    /// What the kernel's resource manager does for a program that ended: swtpm has none.
    @Override
    public void ended() {
        try {
            for (var what : new String[] {"-t", "-l", "-s"}) {
                var _ = swtpm.run("tpm2_flushcontext", what).orFail();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String option() {
        return "tpm:" + swtpm.socket().toAbsolutePath();
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public void close() {
        swtpm.close();
    }
}
