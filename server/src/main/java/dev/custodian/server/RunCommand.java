package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.store.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
        try (var _ = FolderLock.take(settings.folder());
                var foundation = Foundation.open(settings);
                var server = Server.start(settings, foundation.keys(), foundation.parts())) {
            var stopping = Thread.ofPlatform().unstarted(() -> stop(stop, stopped));
            Runtime.getRuntime().addShutdownHook(stopping);
            announce(server, foundation.keys().thumbprint().base64Url());
            LOG.atInfo().addKeyValue("url", server.url()).log("serving at {}", server.url());
            stop.await();
            LOG.info("stopping");
        }
        LOG.info("stopped");
        stopped.countDown();
        return ExitCodes.OK;
    }

    /// Runs while the process is being ended: waits for the orderly end, then makes it a success.
    private static void stop(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
            Runtime.getRuntime().halt(ExitCodes.OK);
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
            var draft = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(draft, text);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new Refused(FailureKind.USAGE, "--ready-file: " + file + " cannot be written.");
        }
    }
}
