package dev.custodian.agent.link;

import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.prompt.Offer;
import dev.custodian.agent.signing.Offers;
import dev.custodian.agent.signing.Signing;
import dev.custodian.client.Consents;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.link.Answer;
import dev.custodian.link.Consent;
import dev.custodian.link.Request;

/// Lists, grants and takes back consents on the link. A grant always asks the person.
final class LinkConsents {
    private final Names names;
    private final Signing signing;
    private final Peers peers;

    LinkConsents(Names names, Signing signing, Peers peers) {
        this.names = names;
        this.signing = signing;
        this.peers = peers;
    }

    Answer.Consents list() throws Refused {
        return new Answer.Consents(
                signing.consents().stream().limit(Answer.Consents.MOST).map(this::told).toList());
    }

    Answer.Granted grant(Request.GrantConsent request, Caller caller) throws Refused {
        var offer = offer(request, caller.peer());
        var credential = names.find(request.credential());
        var id = signing.grant(caller.peer(), caller.isThere(), credential, offer);
        return new Answer.Granted(find(id));
    }

    Answer.Forgotten forget(Id consent) throws Refused {
        signing.forget(consent);
        return new Answer.Forgotten();
    }

    private Offer offer(Request.GrantConsent request, Peer asks) throws Refused {
        if (request.process() == 0) {
            if (!asks.leader().isKnown()) {
                throw new Refused(
                        FailureKind.USAGE,
                        "The program that asks has no terminal: name the process that it is for.");
            }
            return Offers.session(asks, request.count(), request.lasting());
        }
        if (request.process() > Integer.MAX_VALUE) {
            throw new Refused(FailureKind.PROGRAM_REFUSED, "There is no such process.");
        }
        return Offers.process(
                peers.find((int) request.process()), request.count(), request.lasting());
    }

    private Consent find(Id id) throws Refused {
        for (var one : signing.consents()) {
            if (one.id().equals(id)) {
                return told(one);
            }
        }
        throw new Refused(FailureKind.CONSENT_REVOKED);
    }

    private Consent told(Consents.Listed one) {
        return new Consent(
                one.id(),
                names.of(one.credential()),
                Line.of(one.subject(), Line.NAME),
                one.remaining(),
                one.until());
    }
}
