package dev.custodian.server;

import dev.custodian.core.Refused;
import dev.custodian.server.config.Pem;
import dev.custodian.server.config.PrivateFile;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.vault.ForeignKey;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        description = {
            "Make a credential of a key that was made elsewhere, with its certificates.",
            "It is shown as imported for ever: who else has the key is unknown."
        },
        mixinStandardHelpOptions = true)
final class CredentialImport implements Callable<Integer> {
    @Mixin private ConfigOption config;
    @Mixin private Output output;
    @Mixin private OrderOptions order;

    @Parameters(paramLabel = "FILE.p12", description = "PKCS#12 with one key and its certificate.")
    private Path file;

    @Option(
            names = "--password-file",
            required = true,
            paramLabel = "FILE",
            description = "The password of FILE.p12, in a file of mode 600.")
    private Path password;

    @Override
    public Integer call() throws Exception {
        try (var key = read();
                var foundation = Foundation.open(config.read())) {
            var subject = key.chain().getFirst().getSubjectX500Principal().getName();
            var wanted = order.of(key.algorithm(), subject);
            var parts = foundation.parts();
            try (var journal = foundation.journal()) {
                var registrar = parts.registrar(journal);
                print(registrar.take(wanted, key), key);
            }
        }
        return ExitCodes.OK;
    }

    private ForeignKey read() throws Refused {
        try (var secret = PrivateFile.readPin(password, null)) {
            return ForeignKey.read(file, secret);
        }
    }

    private void print(Registrar.Made made, ForeignKey key) {
        var result = new LinkedHashMap<String, Object>();
        result.put("credential", made.credential().text());
        result.put("key", key.algorithm().display());
        result.put("origin", "imported");
        result.put("request", Pem.write(Pem.REQUEST, made.request()));
        output.print(
                result,
                """
                %s  %s  imported
                The file still holds the key: destroy it, and every copy."""
                        .formatted(made.credential(), key.algorithm().display()));
    }
}
