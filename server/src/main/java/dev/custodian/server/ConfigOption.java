package dev.custodian.server;

import dev.custodian.core.Refused;
import dev.custodian.server.config.Config;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// `--config`, which every command but `init` needs.
final class ConfigOption {
    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "The configuration, as init made it.")
    private Path file;

    Config read() throws Refused {
        return Config.read(file);
    }
}
