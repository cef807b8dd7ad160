package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.Credential;
import java.security.cert.CertificateParsingException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lines of a file by which OpenSSH and git check signatures (ALLOWED SIGNERS in ssh-keygen(1)).
final class AllowedSigners {
    private static final int MAIL = 1;

    private AllowedSigners() {}

    /// One line for each credential.
    ///
    /// @param principal who signs; null for the mail address in each certificate
    static List<String> lines(List<Credential> credentials, @Nullable String principal)
            throws Refused {
        var lines = new ArrayList<String>();
        for (var one : credentials) {
            var who = principal == null ? mail(one) : principal;
            if (who.isEmpty()) {
                throw new Refused(
                        FailureKind.USAGE,
                        "The certificate of "
                                + one.name()
                                + " names no mail address: say who signs with --principal.");
            }
            // A blank or a quotation mark would begin another field.
            if (!who.matches("[^\\s\",#\\p{Cntrl}]+")) {
                throw new Refused(FailureKind.USAGE, "No principal: " + Words.printable(who));
            }
            lines.add(who + " namespaces=\"git,file\" " + SshPublicKey.of(one));
        }
        return lines;
    }

    private static String mail(Credential credential) throws Refused {
        var chain = Certificates.of(credential);
        if (chain.isEmpty()) {
            return "";
        }
        try {
            var names = chain.getFirst().getSubjectAlternativeNames();
            if (names != null) {
                for (var name : names) {
                    if (name.get(0) instanceof Integer kind
                            && kind == MAIL
                            && name.get(1) instanceof String mail) {
                        return mail;
                    }
                }
            }
            return "";
        } catch (CertificateParsingException e) {
            throw new Refused(
                    FailureKind.AGENT_BROKEN,
                    "The certificate of " + credential.id() + " cannot be read.");
        }
    }
}
