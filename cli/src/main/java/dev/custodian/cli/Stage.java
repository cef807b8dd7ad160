package dev.custodian.cli;

import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What a demo stands on, and what is gone when it ends: done, refused, or stopped with Ctrl-C.
final class Stage implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    private final DemoFolder folder;
    private final Processes processes;
    private final CountDownLatch left = new CountDownLatch(1);
    private volatile boolean stopping;

    private Stage(DemoFolder folder, Processes processes) {
        this.folder = folder;
        this.processes = processes;
    }

    /// Makes the folder; starts nothing yet. The calling thread is the one that Ctrl-C interrupts.
    ///
    /// @param home the top folder, as `./custodian` passes it
    static Stage open(Path home) throws Refused {
        var folder = DemoFolder.make();
        try {
            var stage = new Stage(folder, Processes.in(home, folder));
            var actor = Thread.currentThread();
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().unstarted(() -> stage.stop(actor)));
            return stage;
        } catch (Refused e) {
            delete(folder);
            throw e;
        }
    }

    DemoFolder folder() {
        return folder;
    }

    Processes processes() {
        return processes;
    }

    /// Whether the process is being ended from outside.
    boolean isStopping() {
        return stopping;
    }

    /// Runs while the process ends. The actor takes back by itself what it was making.
    private void stop(Thread actor) {
        if (left.getCount() == 0) {
            return;
        }
        stopping = true;
        actor.interrupt();
        processes.close();
        try {
            if (left.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        delete(folder);
    }

    /// Ends the processes, then deletes the folder.
    @Override
    public void close() {
        processes.close();
        delete(folder);
        left.countDown();
    }

    private static void delete(DemoFolder folder) {
        try {
            folder.close();
        } catch (IOException e) {
            // It holds nothing that outlives the demo; the system empties its place in time.
            return;
        }
    }
}
