package dev.custodian.agent.session;

import dev.custodian.client.Credentials;
import dev.custodian.client.PinnedServer;
import dev.custodian.core.Refused;
import dev.custodian.device.Found;
import dev.custodian.device.StoreKind;
import dev.custodian.link.Answer;
import dev.custodian.link.Answer.Check.Outcome;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Looks for what is broken, along the way that a request takes. After the first thing that is, no
/// more is looked at: there is one to mend.
public final class Doctor {
    private final AgentFolder folder;
    private final Session session;
    private final Clock clock;
    private final List<Place> further;

    /// What was found at one place.
    public sealed interface Seen permits Well, Broken {}

    public record Well(String sentence) implements Seen {}

    public record Broken(String sentence, String nextStep) implements Seen {}

    /// Looks at one place.
    public interface Look {
        Seen found();
    }

    /// Something that can be broken, in a word or two.
    public record Place(String what, Look look) {}

    private interface Way {
        /// @return what was found, in a sentence
        String at() throws Refused;
    }

    /// @param further what else to look at on this system
    public Doctor(AgentFolder folder, Session session, Clock clock, List<Place> further) {
        this.folder = folder;
        this.session = session;
        this.clock = clock;
        this.further = List.copyOf(further);
    }

    /// What was found at each place.
    public List<Answer.Check> examine() {
        var places =
                new ArrayList<>(
                        List.of(
                                on("agent", () -> "It answers."),
                                on("folder", this::folder),
                                on("stores", this::stores),
                                on("device", this::device),
                                on("server", this::server),
                                on("login", this::login),
                                on("credentials", this::credentials)));
        places.addAll(further);
        // a device without it works
        places.add(new Place("proof", this::proof));
        var checks = new ArrayList<Answer.Check>();
        var whole = true;
        for (var place : places) {
            var check = whole ? check(place) : skipped(place);
            whole = check.outcome() == Outcome.WELL;
            checks.add(check);
        }
        return checks;
    }

    private static Place on(String what, Way way) {
        return new Place(
                what,
                () -> {
                    try {
                        return new Well(way.at());
                    } catch (Refused e) {
                        return broken(e);
                    }
                });
    }

    private static Broken broken(Refused e) {
        return new Broken(e.sentences(), e.kind().nextStep());
    }

    private static Answer.Check check(Place place) {
        return switch (place.look.found()) {
            case Well(var sentence) -> new Answer.Check(place.what, Outcome.WELL, sentence, "");
            case Broken(var sentence, var nextStep) ->
                    new Answer.Check(place.what, Outcome.BROKEN, sentence, nextStep);
        };
    }

    private static Answer.Check skipped(Place place) {
        return new Answer.Check(place.what, Outcome.NOT_REACHED, "", "");
    }

    private String folder() throws Refused {
        folder.requirePrivate();
        return "It is yours alone.";
    }

    /// None of them need be there: the device's own is looked at next.
    private String stores() {
        var found = folder.stores().look();
        return found.isEmpty()
                ? "No TPM and no card is looked for: the agent keeps its keys in files."
                : found.stream().map(Doctor::words).collect(Collectors.joining(" "));
    }

    private static String words(Found found) {
        return switch (found) {
            case Found.Usable(var source, _, _) when source.kind() == StoreKind.SOFTWARE ->
                    source + ": it works.";
            case Found.Usable(_, var store, _) ->
                    store.label() + ": it works. " + store.label().sentence(store.verdict());
            case Found.Unusable unusable -> unusable.sentence();
        };
    }

    private String device() throws Refused {
        folder.memory();
        folder.examine();
        return "Its key and its share are there. " + folder.verdictSentence();
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

    private Seen proof() {
        try {
            return session.proof();
        } catch (Refused e) {
            return broken(e);
        }
    }

    private String credentials() throws Refused {
        int size = new Credentials(session.now()).list().size();
        return "The server lists " + size + ".";
    }
}
