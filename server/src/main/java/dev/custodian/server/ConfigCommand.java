package dev.custodian.server;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "config",
        description = "Check the configuration and print it with all defaults.",
        mixinStandardHelpOptions = true)
final class ConfigCommand implements Callable<Integer> {
    @Mixin private ConfigOption config;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        spec.commandLine().getOut().print(config.read().toToml());
        spec.commandLine().getOut().flush();
        return ExitCodes.OK;
    }
}
