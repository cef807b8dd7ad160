package dev.custodian.agent.ssh;

import dev.custodian.agent.prompt.Line;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The ssh sessions that one connection says it is for (`session-bind@openssh.com`): the last one
/// is that which logs in, those before it forward it. Each is proved by the host's signature.
final class Bindings {
    private static final int MOST = 16;

    private final List<AgentRequest.Bind> bound = new ArrayList<>();

    /// Adds a session; refused when the host did not sign it, or when the connection has ended its
    /// way already.
    void add(AgentRequest.Bind bind) throws Refused {
        if (!HostKey.hasSigned(bind.hostKey(), bind.session(), bind.signature())) {
            throw refused("The host did not sign the session that this is to be for.");
        }
        if (!bound.isEmpty() && !bound.getLast().forwarding()) {
            throw refused("This connection is for another session already.");
        }
        if (bound.size() == MOST
                || bound.stream().anyMatch(one -> one.session().equals(bind.session()))) {
            throw refused("This connection goes through too many sessions, or twice through one.");
        }
        bound.add(bind);
    }

    /// Refused unless the login is of the session that this connection is for, if it is for one.
    void require(SignedData.Login login) throws Refused {
        if (bound.isEmpty()) {
            return;
        }
        var last = bound.getLast();
        if (last.forwarding() || !last.session().equals(login.session())) {
            throw refused("The login is for another ssh session than this connection.");
        }
        if (login.hostKey().size() > 0 && !login.hostKey().equals(last.hostKey())) {
            throw refused("The login is for another host than this connection.");
        }
    }

    /// What a question shows of the way to the host.
    List<Shown> shown(SignedData.Login login) {
        var shown = new ArrayList<Shown>();
        for (var one : bound.subList(0, Math.max(0, bound.size() - 1))) {
            shown.add(
                    new Shown(
                            "forwarded by host key",
                            SshKey.fingerprint(one.hostKey()),
                            Shown.Source.COMPUTED));
        }
        if (!bound.isEmpty()) {
            shown.add(host(bound.getLast().hostKey()));
        } else if (login.hostKey().size() > 0) {
            shown.add(host(login.hostKey()));
        } else {
            shown.add(new Shown("host", "not known", Shown.Source.UNKNOWN));
        }
        shown.add(new Shown("user there", Line.of(login.user(), Line.NAME), Shown.Source.COMPUTED));
        return shown;
    }

    /// The host that a login is for and all that forward it, in a form that is compared; null when
    /// the host is not known.
    @Nullable String host(SignedData.Login login) {
        if (!bound.isEmpty()) {
            return bound.stream()
                    .map(one -> SshKey.fingerprint(one.hostKey()))
                    .collect(Collectors.joining(" via ", " host ", ""));
        }
        return login.hostKey().size() > 0 ? " host " + SshKey.fingerprint(login.hostKey()) : null;
    }

    private static Shown host(Bytes key) {
        return new Shown("host key", SshKey.fingerprint(key), Shown.Source.COMPUTED);
    }

    private static Refused refused(String why) {
        return new Refused(FailureKind.INTENT_MISMATCH, why);
    }
}
