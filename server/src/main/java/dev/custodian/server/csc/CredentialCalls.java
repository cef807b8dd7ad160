package dev.custodian.server.csc;

import dev.custodian.core.Refused;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.credential.Credentials;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `credentials/list` and `credentials/info` (CSC API §11.6, §11.7).
final class CredentialCalls {
    private final Credentials credentials;
    private final Clock clock;

    CredentialCalls(Credentials credentials, Clock clock) {
        this.credentials = credentials;
        this.clock = clock;
    }

    Reply list(Call call, DeviceCaller caller) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        if (parameters.has("userID")) {
            throw CscRefused.malformed("userID parameter MUST be null");
        }
        var answer = CredentialAnswer.of(parameters);
        boolean withInfo = parameters.flag("credentialInfo");
        boolean onlyValid = parameters.flag("onlyValid");
        var found = credentials.list(caller.owner());
        if (onlyValid) {
            found = found.stream().filter(Credentials.View::isEnabled).toList();
        }
        var page = page(found, parameters);
        var body = new LinkedHashMap<String, Object>();
        body.put("credentialIDs", page.stream().map(one -> one.id().text()).toList());
        if (withInfo) {
            body.put("credentialInfos", infos(page, answer));
        }
        if (onlyValid) {
            body.put("onlyValid", true);
        }
        if (!page.isEmpty() && !page.getLast().id().equals(found.getLast().id())) {
            body.put("nextPageToken", page.getLast().id().text());
        }
        return Answers.json(body);
    }

    Reply info(Call call, DeviceCaller caller) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        var id = parameters.credentialId();
        var answer = CredentialAnswer.of(parameters);
        return Answers.json(answer.show(credentials.of(caller.owner(), id), clock.instant()));
    }

    private List<Map<String, Object>> infos(List<Credentials.View> page, CredentialAnswer answer)
            throws Refused {
        var infos = new ArrayList<Map<String, Object>>();
        for (var one : page) {
            var info = new LinkedHashMap<String, Object>();
            info.put("credentialID", one.id().text());
            info.putAll(answer.show(one, clock.instant()));
            infos.add(info);
        }
        return infos;
    }

    /// Version 1 had pages, and clients of version 2.2 still ask for them. A page's token is the
    /// last id of the page before.
    private static List<Credentials.View> page(List<Credentials.View> all, Parameters parameters)
            throws CscRefused {
        long most = parameters.numberOr("maxResults", Long.MAX_VALUE);
        if (most < 1) {
            throw CscRefused.invalid("maxResults");
        }
        var token =
                parameters.choice("pageToken", "", all.stream().map(v -> v.id().text()).toList());
        return all.stream()
                .filter(one -> token.isEmpty() || one.id().text().compareTo(token) > 0)
                .limit(most)
                .toList();
    }
}
