package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
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
        long since = since(parameters);
        var signatures =
                signing.sign(new SignHashes.Request(caller, credential.id(), sad, scheme, digests));
        var body = new LinkedHashMap<String, Object>();
        body.put("signatures", signatures.stream().map(Bytes::base64).toList());
        if (since >= 0) {
            body.put(
                    "custodian",
                    ChainPage.show(journal.since(credential.id(), since, ChainPage.MOST, 0)));
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

    /// The last running number that the caller knows; -1 when it keeps no chain.
    private static long since(Parameters parameters) throws CscRefused {
        var ours = parameters.inner("custodian");
        if (ours == null) {
            return -1;
        }
        long since = ours.numberOr("since", 0);
        if (since < 0) {
            throw CscRefused.invalid("since");
        }
        return since;
    }
}
