package dev.custodian.agent.p11;

import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.client.Credential;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// All credentials of the key ring as the objects of one token, with handles that stay the same
/// while the agent runs.
final class Token {
    private static final System.Logger LOG = System.getLogger(Token.class.getName());

    /// So that a new credential leaves the labels of the older ones as they are.
    private static final Comparator<Credential> OLDEST_FIRST =
            Comparator.<Credential, Date>comparing(one -> one.chain().getFirst().getNotBefore())
                    .thenComparing(Credential::id);

    private final KeyRing keys;
    private final Lock lock;
    private final Map<String, Long> handles = new HashMap<>();
    private List<Credential> shown = List.of();
    private SortedMap<Long, TokenObject> objects = new TreeMap<>();

    Token(KeyRing keys, Lock lock) {
        this.keys = keys;
        this.lock = lock;
    }

    /// By handle; none while the agent is locked.
    SortedMap<Long, TokenObject> objects() {
        if (lock.isLocked()) {
            return new TreeMap<>();
        }
        // Programs look for certificates here, and then for the keys of these.
        var now =
                keys.credentials(Purpose.DOCUMENT, Purpose.LOGIN, Purpose.CODE).stream()
                        .filter(one -> !one.chain().isEmpty())
                        .toList();
        synchronized (this) {
            if (!now.equals(shown)) {
                objects = objects(now);
                shown = now;
            }
            return objects;
        }
    }

    private SortedMap<Long, TokenObject> objects(List<Credential> credentials) {
        var all = new TreeMap<Long, TokenObject>();
        var labels = new HashMap<String, Integer>();
        for (var credential : credentials.stream().sorted(OLDEST_FIRST).toList()) {
            var label = label(credential);
            int number = labels.merge(label, 1, Integer::sum);
            try {
                for (var object :
                        TokenObject.of(credential, number == 1 ? label : label + "-" + number)) {
                    all.putIfAbsent(
                            handles.computeIfAbsent(object.name(), _ -> handles.size() + 1L),
                            object);
                }
            } catch (Refused e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0} is not shown: {1}",
                        credential.id(),
                        e.getMessage());
            }
        }
        return all;
    }

    /// `login-p-256`.
    private static String label(Credential credential) {
        return credential.purpose().text()
                + "-"
                + credential.algorithm().display().toLowerCase(Locale.ROOT);
    }
}
