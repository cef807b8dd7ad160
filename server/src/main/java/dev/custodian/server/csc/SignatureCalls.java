package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.Sad;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.credential.Credentials;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.signing.SignHashes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `signatures/signHash` (CSC API §11.13), with the journal's records since the caller's last.
final class SignatureCalls {
    private final Credentials credentials;
    private final SignHashes signing;
    private final Journal journal;

    SignatureCalls(Credentials credentials, SignHashes signing, Journal journal) {
        this.credentials = credentials;
        this.signing = signing;
        this.journal = journal;
    }

    Reply signHash(Call call, DeviceCaller caller) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        var credential = credentials.of(caller.owner(), parameters.credentialId());
        var sad = sad(parameters);
        var digests = parameters.hashes();
        var scheme = SchemeChoice.of(parameters);
        parameters.choice("operationMode", "S", List.of("S"));
        long since = told(parameters, "since", -1);
        long seen = told(parameters, "size", 0);
        var signatures =
                signing.sign(new SignHashes.Request(caller, credential.id(), sad, scheme, digests));
        var body = new LinkedHashMap<String, Object>();
        body.put("signatures", signatures.stream().map(Bytes::base64).toList());
        if (since >= 0) {
            body.put("custodian", records(credential.id(), since, seen));
        }
        return Answers.json(body);
    }

    private static Sad sad(Parameters parameters) throws CscRefused {
        try {
            return Sad.parse(parameters.text("SAD"));
        } catch (MalformedException e) {
            throw new CscRefused(FailureKind.SAD_UNKNOWN, "Invalid parameter SAD");
        }
    }

    private Map<String, Object> records(Id chain, long since, long seen) throws Refused {
        var page = journal.since(chain, since, ChainPage.MOST, seen);
        var shown = ChainPage.show(page);
        if (seen > 0) {
            shown.put("consistency", ChainPage.hashes(page.consistency()));
        }
        return shown;
    }

    /// What the caller keeps of the journal: `since`, the last running number that it knows, and
    /// `size`, that of the last checkpoint it has seen. `absent` when it keeps no chain.
    private static long told(Parameters parameters, String name, long absent) throws CscRefused {
        var ours = parameters.inner("custodian");
        if (ours == null) {
            return absent;
        }
        long value = ours.numberOr(name, 0);
        if (value < 0) {
            throw CscRefused.invalid(name);
        }
        return value;
    }
}
