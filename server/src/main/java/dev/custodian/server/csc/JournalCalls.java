package dev.custodian.server.csc;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.credential.Credentials;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;
import dev.custodian.server.journal.Journal;

/// `journal/records`, our own method: the owner's devices read the chains of the owner and of the
/// owner's credentials, and no others.
final class JournalCalls {
    private final Credentials credentials;
    private final Journal journal;

    JournalCalls(Credentials credentials, Journal journal) {
        this.credentials = credentials;
        this.journal = journal;
    }

    /// `from` is the running number of the first record that is wanted; `size` that of the last
    /// checkpoint the caller has seen, which is then proved to be continued.
    Reply records(Call call, DeviceCaller caller) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        var chain = chain(parameters.text("chain"), caller);
        long from = parameters.numberOr("from", 1);
        long seen = parameters.numberOr("size", 0);
        if (from < 1) {
            throw CscRefused.invalid("from");
        }
        if (seen < 0) {
            throw CscRefused.invalid("size");
        }
        var page = journal.settled(chain, from - 1, ChainPage.MOST, seen);
        var shown = ChainPage.show(page);
        shown.put("more", page.more());
        if (seen > 0) {
            shown.put("consistency", ChainPage.hashes(page.consistency()));
        }
        return Answers.json(shown);
    }

    private Id chain(String text, DeviceCaller caller) throws CscRefused, Refused {
        if (text.equals(caller.owner().text())) {
            return caller.owner();
        }
        try {
            var credential = Id.parse(Id.Kind.CREDENTIAL, text);
            return credentials.of(caller.owner(), credential).id();
        } catch (MalformedException e) {
            throw CscRefused.invalid("chain");
        } catch (Refused e) {
            if (e.kind() == FailureKind.CREDENTIAL_UNKNOWN) {
                throw CscRefused.invalid("chain");
            }
            throw e;
        }
    }
}
