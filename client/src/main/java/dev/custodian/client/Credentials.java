package dev.custodian.client;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import java.util.ArrayList;
import java.util.List;

/// The credentials of the session's owner.
public final class Credentials {
    private final DeviceSession session;

    public Credentials(DeviceSession session) {
        this.session = session;
    }

    /// All of them, whether they can sign or not.
    public List<Credential> list() throws Refused {
        var ask = asking().put("credentialInfo", new Json.Bool(true)).build();
        var answer = session.call("credentials/list", ask).orRefused();
        var found = new ArrayList<Credential>();
        if (answer.has("credentialInfos")) {
            for (var info : answer.parts("credentialInfos")) {
                found.add(Credential.of(info.id(Id.Kind.CREDENTIAL, "credentialID"), info));
            }
            return found;
        }
        for (var id : answer.texts("credentialIDs")) {
            found.add(info(answer.idOf(Id.Kind.CREDENTIAL, "credentialIDs", id)));
        }
        return found;
    }

    public Credential info(Id credential) throws Refused {
        var ask = asking().put("credentialID", credential.text()).build();
        return Credential.of(credential, session.call("credentials/info", ask).orRefused());
    }

    private static Json.Builder asking() {
        return Json.object()
                .put("certificates", "chain")
                .put("certInfo", new Json.Bool(true))
                .put("authInfo", new Json.Bool(true));
    }
}
