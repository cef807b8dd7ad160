package dev.custodian.agent.link;

import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// By which names programs ask for the credentials of the key ring: what the server calls them,
/// where that is one visible line that no other one has; otherwise their ids.
final class Names {
    private static final int LONGEST = 60;

    private final KeyRing keys;

    Names(KeyRing keys) {
        this.keys = keys;
    }

    private List<Credential> all() {
        return keys.credentials(Purpose.DOCUMENT, Purpose.LOGIN, Purpose.CODE);
    }

    /// All of them, as the link tells them.
    List<dev.custodian.link.Credential> told() throws Refused {
        var all = all();
        var names = names(all);
        var told = new ArrayList<dev.custodian.link.Credential>();
        for (int i = 0; i < all.size(); i++) {
            told.add(told(all.get(i), names.get(i)));
        }
        return told;
    }

    /// The one with this name or id.
    dev.custodian.link.Credential told(String name) throws Refused {
        var all = all();
        int at = find(all, name);
        return told(all.get(at), names(all).get(at));
    }

    /// The one with this name or id.
    Credential find(String name) throws Refused {
        var all = all();
        return all.get(find(all, name));
    }

    /// The name of the credential with this id; the id when it is not there any more.
    String of(dev.custodian.core.Id id) {
        var all = all();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).id().equals(id)) {
                return names(all).get(i);
            }
        }
        return id.text();
    }

    private static int find(List<Credential> all, String name) throws Refused {
        var names = names(all);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).id().text().equals(name) || names.get(i).equals(name)) {
                return i;
            }
        }
        throw new Refused(FailureKind.CREDENTIAL_UNKNOWN);
    }

    private static List<String> names(List<Credential> all) {
        var count = new HashMap<String, Integer>();
        all.forEach(one -> count.merge(visible(one), 1, Integer::sum));
        return all.stream()
                .map(
                        one ->
                                visible(one).isEmpty() || count.getOrDefault(visible(one), 0) > 1
                                        ? one.id().text()
                                        : visible(one))
                .toList();
    }

    private static String visible(Credential one) {
        return one.description().isBlank() ? "" : Line.of(one.description(), LONGEST);
    }

    private static dev.custodian.link.Credential told(Credential one, String name) throws Refused {
        try {
            var chain = new ArrayList<Bytes>();
            for (var certificate : one.chain()) {
                chain.add(Bytes.of(certificate.getEncoded()));
            }
            return new dev.custodian.link.Credential(
                    name,
                    one.id(),
                    one.algorithm(),
                    Bytes.of(one.publicKey().getEncoded()),
                    chain,
                    one.purpose(),
                    one.custody());
        } catch (CertificateEncodingException | IllegalArgumentException e) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, "The chain of " + one.id() + " is not usable.");
        }
    }
}
