package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.evidence.Sealed;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// `authData` (CSC API §11.10): the objects of FORMATS §2 by their ids, each once.
final class AuthData {
    static final String DEVICE = "DEVICE";
    static final String SEALED = "SEALED";
    static final String CONSENT = "CONSENT";

    private final Map<String, String> values;

    private AuthData(Map<String, String> values) {
        this.values = values;
    }

    /// Reads `DEVICE` and one more.
    static AuthData of(Parameters parameters) throws CscRefused {
        var values = new HashMap<String, String>();
        for (var object : parameters.objects("authData")) {
            var id = object.text("id");
            if (!Set.of(DEVICE, SEALED, CONSENT).contains(id)
                    || values.put(id, object.text("value")) != null) {
                throw invalid();
            }
        }
        if (values.size() != 2 || !values.containsKey(DEVICE)) {
            throw invalid();
        }
        return new AuthData(values);
    }

    String device() throws CscRefused {
        return value(DEVICE);
    }

    boolean hasConsent() {
        return values.containsKey(CONSENT);
    }

    Sealed sealed() throws CscRefused {
        try {
            return Sealed.decode(Bytes.fromBase64Url(value(SEALED)));
        } catch (MalformedException e) {
            throw invalid();
        }
    }

    ConsentSecret consent() throws CscRefused {
        try {
            return ConsentSecret.parse(value(CONSENT));
        } catch (MalformedException e) {
            throw invalid();
        }
    }

    private String value(String id) throws CscRefused {
        var value = values.get(id);
        if (value == null) {
            throw invalid();
        }
        return value;
    }

    private static CscRefused invalid() {
        return new CscRefused(FailureKind.FACTORS_REFUSED, "The authentication data is invalid");
    }

    /// Says nothing of the values: they are factors.
    @Override
    public String toString() {
        return "AuthData";
    }
}
