package dev.custodian.server;

import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.credential.Registrar;
import picocli.CommandLine.Option;

/// The options that say what a new credential is to be.
final class OrderOptions {
    @Option(names = "--owner", required = true, description = "Whose it will be: own_…")
    private String owner;

    @Option(
            names = "--purpose",
            defaultValue = "document",
            description = "document, login or code; default ${DEFAULT-VALUE}.")
    private String purpose;

    @Option(
            names = "--custody",
            defaultValue = "owner-sealed",
            description = "owner-sealed or managed; default ${DEFAULT-VALUE}.")
    private String custody;

    @Option(
            names = "--multisign",
            defaultValue = "100",
            description = "Most signatures in one approval; default ${DEFAULT-VALUE}.")
    private int multisign;

    @Option(
            names = "--level",
            defaultValue = "bound",
            description =
                    "The least level of an approval: bound, or bound_hardware for devices whose"
                            + " key is proved to be in hardware; default ${DEFAULT-VALUE}.")
    private String level;

    private Level level() throws Refused {
        return switch (level) {
            case "bound" -> Level.BOUND;
            case "bound_hardware" -> Level.BOUND_HARDWARE;
            default -> throw new Refused(FailureKind.USAGE, "--level is bound or bound_hardware.");
        };
    }

    static Id owner(String text) throws Refused {
        try {
            return Id.parse(Id.Kind.OWNER, text);
        } catch (MalformedException e) {
            throw new Refused(FailureKind.USAGE, "--owner is " + e.getMessage() + ".");
        }
    }

    Id owner() throws Refused {
        return owner(owner);
    }

    /// The order for one key.
    ///
    /// @param subject of the certificate request, RFC 4514
    Registrar.Order of(KeyAlgorithm key, String subject) throws Refused {
        try {
            var use = Purpose.parse(purpose);
            if (use == Purpose.CERTIFICATE_REQUEST) {
                throw new MalformedException("a purpose of requests, not of credentials");
            }
            return new Registrar.Order(
                    owner(),
                    use,
                    Custody.parse(custody),
                    key,
                    new Policy(level(), multisign),
                    subject);
        } catch (MalformedException e) {
            throw new Refused(FailureKind.USAGE, "An option is " + e.getMessage() + ".");
        } catch (IllegalArgumentException e) {
            throw new Refused(FailureKind.USAGE, "--multisign is not a number from 1 to 4000.");
        }
    }
}
