package dev.custodian.server;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.server.config.Pem;
import dev.custodian.server.credential.Credentials;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.owner.Owners;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "credential",
        description = "Make credentials for owners, certify and list them.",
        mixinStandardHelpOptions = true,
        subcommands = {
            CredentialCommand.Create.class,
            CredentialImport.class,
            CredentialCommand.Certify.class,
            CredentialCommand.ListAll.class
        })
final class CredentialCommand {
    @Command(
            name = "create",
            description = {
                "Make a credential for each --key.",
                "Prints id and certificate request (PKCS#10) of each."
            },
            mixinStandardHelpOptions = true)
    static final class Create implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Mixin private OrderOptions order;

        @Option(
                names = "--key",
                required = true,
                description = "RSA-2048, RSA-3072, RSA-4096, P-256, P-384 or P-521; repeatable.")
        private List<String> keys;

        @Option(
                names = "--subject",
                defaultValue = "",
                description = "Name for the certificate request; by default the owner's.")
        private String subject;

        @Override
        public Integer call() throws Exception {
            var orders = new ArrayList<Registrar.Order>();
            var forWhom = order.owner();
            try (var foundation = Foundation.open(config.read())) {
                var parts = foundation.parts();
                var name = subject.isEmpty() ? defaultSubject(parts, forWhom) : subject;
                for (var key : keys) {
                    orders.add(order.of(algorithm(key), name));
                }
                try (var journal = foundation.journal()) {
                    var registrar = parts.registrar(journal);
                    make(registrar, orders);
                }
            }
            return ExitCodes.OK;
        }

        private static KeyAlgorithm algorithm(String key) throws Refused {
            try {
                return KeyAlgorithm.ofName(key);
            } catch (MalformedException e) {
                throw new Refused(FailureKind.USAGE, "--key is " + e.getMessage() + ".");
            }
        }

        private static String defaultSubject(Parts parts, Id forWhom) throws Refused {
            for (var one : new Owners(parts.store()).list()) {
                if (one.id().equals(forWhom)) {
                    var name = one.name().isEmpty() ? one.id().text() : one.name();
                    return new X500NameBuilder(RFC4519Style.INSTANCE)
                            .addRDN(BCStyle.CN, name)
                            .build()
                            .toString();
                }
            }
            throw new Refused(FailureKind.OWNER_UNKNOWN);
        }

        private void make(Registrar registrar, List<Registrar.Order> orders) throws Refused {
            var objects = new ArrayList<Map<String, Object>>();
            var text = new StringBuilder();
            for (var order : orders) {
                var made = registrar.create(order);
                var request = Pem.write(Pem.REQUEST, made.request());
                var object = new LinkedHashMap<String, Object>();
                object.put("credential", made.credential().text());
                object.put("key", order.algorithm().display());
                object.put("request", request);
                objects.add(object);
                text.append(made.credential())
                        .append("  ")
                        .append(order.algorithm().display())
                        .append('\n')
                        .append(request);
            }
            output.print(Map.of("credentials", objects), text.toString().stripTrailing());
        }
    }

    @Command(
            name = "certify",
            description = "Give credentials their certificates, found by public key.",
            mixinStandardHelpOptions = true)
    static final class Certify implements Callable<Integer> {
        private static final int LARGEST = 1 << 20;

        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Parameters(
                arity = "1..*",
                paramLabel = "CHAIN.pem",
                description = "Certificates in PEM, the credential's own first.")
        private List<Path> files;

        @Override
        public Integer call() throws Exception {
            var chains = new ArrayList<List<X509Certificate>>();
            for (var file : files) {
                chains.add(read(file));
            }
            try (var foundation = Foundation.open(config.read());
                    var journal = foundation.journal()) {
                var parts = foundation.parts();
                var registrar = parts.registrar(journal);
                var certified = new ArrayList<String>();
                for (var chain : chains) {
                    certified.add(registrar.certify(chain).text());
                }
                output.print(Map.of("certified", certified), String.join("\n", certified));
            }
            return ExitCodes.OK;
        }

        private static List<X509Certificate> read(Path file) throws Refused {
            try {
                if (Files.size(file) > LARGEST) {
                    throw new Refused(FailureKind.USAGE, file + " is too large.");
                }
                var chain = new ArrayList<X509Certificate>();
                for (Bytes der : Pem.read(Files.readString(file), Pem.CERTIFICATE)) {
                    chain.add(
                            (X509Certificate)
                                    CertificateFactory.getInstance("X.509")
                                            .generateCertificate(
                                                    new ByteArrayInputStream(der.toArray())));
                }
                if (chain.isEmpty()) {
                    throw new Refused(FailureKind.USAGE, file + " holds no certificate in PEM.");
                }
                return chain;
            } catch (IOException e) {
                throw new Refused(FailureKind.FILE_UNREADABLE, "The file is " + file + ".");
            } catch (CertificateException e) {
                throw new Refused(FailureKind.USAGE, file + " holds what is no certificate.");
            }
        }
    }

    @Command(
            name = "list",
            description = "List an owner's credentials.",
            mixinStandardHelpOptions = true)
    static final class ListAll implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Option(names = "--owner", required = true, description = "Whose: own_…")
        private String owner;

        @Override
        public Integer call() throws Exception {
            try (var foundation = Foundation.open(config.read())) {
                var found =
                        new Credentials(foundation.parts().store()).list(OrderOptions.owner(owner));
                var objects = new ArrayList<Map<String, Object>>();
                for (var one : found) {
                    var object = new LinkedHashMap<String, Object>();
                    object.put("credential", one.id().text());
                    object.put("key", one.algorithm().display());
                    object.put("purpose", one.purpose().text());
                    object.put("custody", one.custody().text());
                    object.put("origin", one.origin().text());
                    object.put("certified", !one.certificates().isEmpty());
                    objects.add(object);
                }
                var text = found.stream().map(ListAll::line).collect(Collectors.joining("\n"));
                output.print(
                        Map.of("credentials", objects),
                        found.isEmpty() ? "The owner has no credential." : text);
            }
            return ExitCodes.OK;
        }

        private static String line(Credentials.View one) {
            return one.id()
                    + "  "
                    + one.algorithm().display()
                    + "  "
                    + one.purpose().text()
                    + "  "
                    + one.custody().text()
                    + "  "
                    + one.origin().text()
                    + (one.certificates().isEmpty() ? "  (no certificate yet)" : "");
        }
    }
}
