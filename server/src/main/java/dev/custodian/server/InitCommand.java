package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "init",
        description = {
            "Make a data folder: keys, configuration and an empty database.",
            "Nothing that exists is replaced."
        },
        mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {
    @Option(names = "--dir", required = true, paramLabel = "FOLDER", description = "The folder.")
    private Path folder;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "Address to listen on; default ${DEFAULT-VALUE}.")
    private String host;

    @Option(
            names = "--port",
            defaultValue = "8443",
            description = "Port; 0 takes any free one. Default ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--url",
            defaultValue = "",
            description = "Where clients reach the server, if not where it listens.")
    private String url;

    @Mixin private Output output;

    @Override
    public Integer call() throws Exception {
        if (port < 0 || port > 65535) {
            throw new Refused(FailureKind.USAGE, "--port is not a number from 0 to 65535.");
        }
        var made = Setup.make(folder, host, port, url);
        var result = new LinkedHashMap<String, Object>();
        result.put("config", made.config().toString());
        result.put("thumbprint", made.thumbprint().base64Url());
        output.print(
                result,
                """
                Made %s.
                The server's identity is %s.
                Back up the folder. Without master.key nothing in the database can be used.
                Next: custodian-server run --config %s"""
                        .formatted(
                                made.config().getParent(),
                                made.thumbprint().base64Url(),
                                made.config()));
        return ExitCodes.OK;
    }
}
