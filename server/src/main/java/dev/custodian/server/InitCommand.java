package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.WrappingMechanism;
import dev.custodian.server.vault.Passphrase;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Seal the master key under the passphrase in this file, mode 600.")
    private @Nullable Path passphraseFile;

    @Option(
            names = "--passphrase",
            description = "The same, typed on the terminal, now and at every start.")
    private boolean typed;

    @Option(
            names = "--hsm-module",
            paramLabel = "FILE",
            description = "Keep the keys in an HSM: the library that speaks PKCS#11 with it.")
    private @Nullable Path module;

    @Option(
            names = "--hsm-token",
            defaultValue = "",
            paramLabel = "LABEL",
            description = "Its token.")
    private String token;

    @Option(
            names = "--hsm-pin",
            paramLabel = "FILE",
            description = "The file that will hold the PIN of the token's user, mode 600.")
    private @Nullable Path pin;

    @Option(
            names = "--hsm-mechanism",
            defaultValue = "AES_KEY_WRAP_KWP",
            description = "How keys leave it wrapped; default ${DEFAULT-VALUE}.")
    private WrappingMechanism mechanism;

    @Mixin private Output output;

    @Override
    public Integer call() throws Exception {
        if (port < 0 || port > 65535) {
            throw new Refused(FailureKind.USAGE, "--port is not a number from 0 to 65535.");
        }
        Setup.Made made;
        try (var passphrase = passphrase()) {
            made = Setup.make(folder, host, port, url, vault(), passphrase);
        }
        var result = new LinkedHashMap<String, Object>();
        result.put("config", made.config().toString());
        result.put("thumbprint", made.thumbprint().base64Url());
        output.print(
                result,
                """
                Made %s.
                The server's identity is %s.
                %s"""
                        .formatted(
                                made.config().getParent(),
                                made.thumbprint().base64Url(),
                                next(made.config())));
        return ExitCodes.OK;
    }

    private Passphrase passphrase() throws Refused {
        if (typed && passphraseFile != null
                || module != null && (typed || passphraseFile != null)) {
            throw new Refused(
                    FailureKind.USAGE,
                    "--passphrase, --passphrase-file and --hsm-module: only one of them.");
        }
        return typed ? Passphrase.typedTwice() : Passphrase.in(passphraseFile);
    }

    private String next(Path config) {
        var secret =
                module != null
                        ? "the HSM"
                        : typed || passphraseFile != null
                                ? "master.key and its passphrase"
                                : "master.key";
        var command = module == null ? "run" : "hsm init --officer-pin-file FILE";
        return """
        Back up the folder. Without %s nothing in the database can be used.
        Next: custodian-server %s --config %s"""
                .formatted(secret, command, config);
    }

    /// The table `[vault]`.
    private String vault() throws Refused {
        if (module == null) {
            return "# kind = \"embedded\"";
        }
        if (token.isEmpty() || pin == null) {
            throw new Refused(
                    FailureKind.USAGE, "--hsm-module needs --hsm-token and --hsm-pin beside it.");
        }
        return HsmConfig.template(
                module.toAbsolutePath().normalize(),
                token,
                pin.toAbsolutePath().normalize(),
                mechanism);
    }
}
