package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.config.Config;
import dev.custodian.server.store.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "run",
        description = {
            "Serve until SIGTERM, then finish what runs.",
            "Once it serves, one line of JSON on stdout says where."
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Mixin private ConfigOption config;

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Also write that line into this file.")
    private @Nullable Path readyFile;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var settings = config.read();
        Logging.start(settings.logFormat(), settings.logLevel());
        var stop = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        var inOrder = new AtomicBoolean();
        try {
            serve(settings, stop, () -> stop(stop, stopped, inOrder));
            LOG.info("stopped");
            inOrder.set(true);
            return ExitCodes.OK;
        } finally {
            stopped.countDown();
        }
    }

    private void serve(Config settings, CountDownLatch stop, Runnable stopping)
            throws Refused, InterruptedException {
        try (var _ = FolderLock.take(settings.folder());
                var foundation = Foundation.open(settings);
                var server = Server.start(settings, foundation.keys(), foundation.parts())) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stopping));
            var hsm = settings.hsm();
            if (hsm != null && !HsmCommand.isShared(hsm)) {
                LOG.warn(HsmCommand.NO_COPY);
            }
            announce(server, foundation.keys().thumbprint().base64Url());
            LOG.atInfo().addKeyValue("url", server.url()).log("serving at {}", server.url());
            stop.await();
            LOG.info("stopping");
        }
    }

    /// Runs while the process is being ended: waits for the end, and makes an orderly one a
    /// success.
    private static void stop(CountDownLatch stop, CountDownLatch stopped, AtomicBoolean inOrder) {
        stop.countDown();
        try {
            stopped.await();
            if (inOrder.get()) {
                Runtime.getRuntime().halt(ExitCodes.OK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void announce(Server server, String thumbprint) throws Refused {
        Map<String, Object> ready = new LinkedHashMap<>();
        ready.put("ready", true);
        ready.put("url", server.url().toString());
        ready.put("thumbprint", thumbprint);
        var line = JsonMapper.shared().writeValueAsString(ready);
        if (readyFile != null) {
            write(readyFile, line + "\n");
        }
        spec.commandLine().getOut().println(line);
    }

    /// Whoever waits for the file never sees half of it.
    private static void write(Path file, String text) throws Refused {
        try {
            // A name that nobody can foresee: in a folder of many users a link could lie there.
            var draft =
                    Files.createTempFile(
                            file.toAbsolutePath().getParent(),
                            ".ready",
                            "",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-r--r--")));
            try {
                Files.writeString(draft, text);
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.USAGE, "--ready-file: " + file + " cannot be written.");
        }
    }
}
