package dev.custodian.agent.signing;

import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.prompt.Offer;
import dev.custodian.core.Purpose;
import dev.custodian.core.intent.Matter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a person may allow ahead, and for whom (FORMATS §6).
public final class Offers {
    /// Programs that sign each document more than once, and why.
    private static final String TWICE = "pdfsig";

    private static final String WHY_TWICE =
            "pdfsig signs each document twice: first to learn how long the signature is.";

    private static final int SIGNATURES = 100;
    private static final Duration TIME = Duration.ofMinutes(15);
    private static final Duration TIME_TWICE = Duration.ofMinutes(1);

    private Offers() {}

    /// What goes with the question whether to sign this.
    static List<Offer> of(Request request) {
        var peer = request.peer();
        var within = request.within();
        if (within == null || !peer.program().isKnown()) {
            return List.of();
        }
        if (request.purpose() == Purpose.DOCUMENT) {
            int twice = Matter.Consent.most(Purpose.DOCUMENT);
            return peer.program().shortName().equals(TWICE) && request.digests().size() < twice
                    ? List.of(
                            new Offer(
                                    peer.processSubject() + within,
                                    "this process",
                                    twice,
                                    TIME_TWICE,
                                    WHY_TWICE))
                    : List.of();
        }
        if (Matter.Consent.most(request.purpose()) == 0 || request.digests().size() > SIGNATURES) {
            return List.of();
        }
        var where = within.isEmpty() ? "" : " to this host";
        return List.of(
                peer.leader().isKnown() && !peer.program().executable().isEmpty()
                        ? new Offer(
                                peer.sessionSubject() + within,
                                peer.program().shortName() + where + " in this terminal session",
                                SIGNATURES,
                                TIME,
                                "")
                        : new Offer(
                                peer.processSubject() + within,
                                "this process" + where,
                                SIGNATURES,
                                TIME,
                                ""));
    }

    /// A process, to whatever host it goes.
    public static Offer process(Peer peer, int signatures, Duration time) {
        return new Offer(
                peer.processSubject(),
                Line.of(
                        peer.program().shortName() + ", process " + peer.program().pid(),
                        Line.NAME),
                signatures,
                time,
                "");
    }

    /// Whatever runs in the terminal session of `peer`, which has one.
    public static Offer session(Peer peer, int signatures, Duration time) {
        return new Offer(
                session(peer),
                Line.of(
                        "any program in the terminal session of "
                                + peer.leader().shortName()
                                + ", process "
                                + peer.leader().pid(),
                        Line.NAME),
                signatures,
                time,
                "");
    }

    private static String session(Peer peer) {
        return "session:" + peer.leader().pid() + ":" + peer.leader().startTime();
    }

    /// The subjects of consents that cover a request.
    static List<String> subjects(Request request) {
        var peer = request.peer();
        var subjects = new ArrayList<String>();
        if (peer.program().isKnown()) {
            subjects.add(peer.processSubject());
            var within = request.within();
            if (within != null) {
                subjects.add(peer.processSubject() + within);
            }
            if (peer.leader().isKnown()) {
                subjects.add(session(peer));
                if (within != null && !peer.program().executable().isEmpty()) {
                    subjects.add(peer.sessionSubject() + within);
                }
            }
        }
        return subjects;
    }
}
