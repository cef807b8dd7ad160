package dev.custodian.agent.session;

import dev.custodian.client.Credentials;
import dev.custodian.client.PinnedServer;
import dev.custodian.core.Refused;
import dev.custodian.link.Answer;
import dev.custodian.link.Answer.Check.Outcome;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// Looks for what is broken, along the way that a request takes. After the first thing that is, no
/// more is looked at: there is one to mend.
public final class Doctor {
    private final AgentFolder folder;
    private final Session session;
    private final Clock clock;

    public Doctor(AgentFolder folder, Session session, Clock clock) {
        this.folder = folder;
        this.session = session;
        this.clock = clock;
    }

    private interface Look {
        /// @return what was found, in a sentence
        String at() throws Refused;
    }

    private record Place(String what, Look look) {}

    /// What was found at each place.
    public List<Answer.Check> examine() {
        var places =
                List.of(
                        new Place("agent", () -> "It answers."),
                        new Place("folder", this::folder),
                        new Place("device", this::device),
                        new Place("server", this::server),
                        new Place("login", this::login),
                        new Place("credentials", this::credentials));
        var checks = new ArrayList<Answer.Check>();
        var whole = true;
        for (var place : places) {
            var check = whole ? check(place) : skipped(place);
            whole = check.outcome() == Outcome.WELL;
            checks.add(check);
        }
        return checks;
    }

    private static Answer.Check check(Place place) {
        try {
            return new Answer.Check(place.what, Outcome.WELL, place.look.at(), "");
        } catch (Refused e) {
            return new Answer.Check(place.what, Outcome.BROKEN, e.sentences(), e.kind().nextStep());
        }
    }

    private static Answer.Check skipped(Place place) {
        return new Answer.Check(place.what, Outcome.NOT_REACHED, "", "");
    }

    private String folder() throws Refused {
        folder.requirePrivate();
        return "It is yours alone.";
    }

    private String device() throws Refused {
        folder.memory();
        folder.signer();
        folder.share().close();
        return "Its key and its share are there.";
    }

    /// Over a connection of its own, so that an old one that still works hides nothing.
    private String server() throws Refused {
        var known = folder.memory().now();
        try (var met = PinnedServer.meet(known.server(), known.thumbprint(), clock)) {
            return "It is the one that you paired with, at " + met.root() + ".";
        }
    }

    private String login() throws Refused {
        return "It lasts until " + session.requireLogin() + ".";
    }

    private String credentials() throws Refused {
        int size = new Credentials(session.now()).list().size();
        return "The server lists " + size + ".";
    }
}
