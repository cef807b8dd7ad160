package dev.custodian.server.oauth;

import dev.custodian.core.MalformedException;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.CallRefused;
import dev.custodian.server.http.Form;
import java.util.Locale;
import java.util.Map;

/// The form that a call to an OAuth endpoint carries.
final class Forms {
    private static final String TYPE = "application/x-www-form-urlencoded";

    private Forms() {}

    static Map<String, String> read(Call call) throws CallRefused {
        var type = call.header("Content-Type").orElse("").split(";", 2)[0].strip();
        if (!type.toLowerCase(Locale.ROOT).equals(TYPE)) {
            throw CallRefused.malformed("The body must be " + TYPE + ".");
        }
        try {
            return Form.decode(call.body().utf8());
        } catch (MalformedException e) {
            throw CallRefused.malformed("The body is not UTF-8.");
        }
    }
}
