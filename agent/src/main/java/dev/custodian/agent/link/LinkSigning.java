package dev.custodian.agent.link;

import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.signing.Signing;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Shown;
import dev.custodian.link.Answer;
import dev.custodian.link.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// Signs what a program on the link asks for. What the program says about itself and its document
/// is shown as *reported*.
final class LinkSigning {
    private static final int TAIL = 8;

    private final Names names;
    private final Signing signing;

    LinkSigning(Names names, Signing signing) {
        this.names = names;
        this.signing = signing;
    }

    Answer.Signatures sign(Request.Sign request, Caller caller) throws Refused {
        var credential = names.find(request.credential());
        if (!request.scheme().fits(credential.algorithm())) {
            throw new Refused(FailureKind.SCHEME_REFUSED);
        }
        // One that comes twice is approved once and gets the same signature twice.
        var digests = request.digests().stream().distinct().toList();
        var asked =
                new dev.custodian.agent.signing.Request(
                        caller.peer(),
                        caller.isThere(),
                        credential.purpose(),
                        credential,
                        request.scheme(),
                        digests,
                        told(caller, request.context(), digests));
        var signatures = request.silent() ? signing.signSilently(asked) : signing.sign(asked);
        var of = new HashMap<Bytes, Bytes>();
        for (int i = 0; i < digests.size(); i++) {
            of.put(digests.get(i), signatures.get(i));
        }
        return new Answer.Signatures(request.digests().stream().map(of::get).toList());
    }

    private static List<Shown> told(Caller caller, Request.Context context, List<Bytes> digests) {
        var told = new ArrayList<Shown>();
        told.add(caller.says());
        if (!context.title().isBlank()) {
            told.add(reported("window", context.title()));
        }
        if (!context.document().isBlank()) {
            told.add(reported("document", context.document()));
        }
        // From what it was computed, the program alone knows.
        told.add(reported("to be signed", tails(digests)));
        return told;
    }

    /// The end of the first digest, which a program may show too, and how many follow.
    private static String tails(List<Bytes> digests) {
        var first = digests.getFirst();
        var tail = first.slice(first.size() - TAIL, first.size()).hex();
        return "SHA-"
                + 8 * first.size()
                + " …"
                + tail
                + (digests.size() == 1 ? "" : " and " + (digests.size() - 1) + " more");
    }

    private static Shown reported(String what, String text) {
        return new Shown(what, Line.of(text, Line.NAME), Shown.Source.REPORTED);
    }
}
