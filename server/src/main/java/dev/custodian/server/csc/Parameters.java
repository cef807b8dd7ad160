package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.server.http.Call;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The parameters of a call: the members of its JSON body. `null` counts as absent, unknown ones
/// are passed over, a repeated one is refused (CSC API §7.1); a wrong type gets the API's own
/// sentence.
public final class Parameters {
    private static final int DEPTH = 16;

    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEPTH)
                                                    .build())
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private final JsonNode members;

    private Parameters(JsonNode members) {
        this.members = members;
    }

    /// Reads the body; an empty one has no parameters.
    public static Parameters of(Call call) throws CscRefused {
        if (call.body().size() == 0) {
            return new Parameters(JSON.createObjectNode());
        }
        try {
            var node = JSON.readTree(call.body().toArray());
            if (!node.isObject()) {
                throw CscRefused.malformed("The body is not a JSON object");
            }
            var parameters = new Parameters(node);
            parameters.checkClientData();
            return parameters;
        } catch (JacksonException e) {
            throw CscRefused.malformed("The body is not a well-formed JSON object");
        }
    }

    private void checkClientData() throws CscRefused {
        var value = members.path("clientData");
        if (has("clientData") && !value.isString()) {
            throw CscRefused.invalid("clientData");
        }
    }

    public boolean has(String name) {
        var value = members.path(name);
        return !value.isMissingNode() && !value.isNull();
    }

    /// A text that must be there.
    public String text(String name) throws CscRefused {
        var text = textOrNull(name);
        if (text == null || text.isEmpty()) {
            throw CscRefused.missing("string", name);
        }
        return text;
    }

    @Nullable String textOrNull(String name) throws CscRefused {
        if (!has(name)) {
            return null;
        }
        var value = members.path(name);
        if (!value.isString()) {
            throw CscRefused.missing("string", name);
        }
        return value.stringValue();
    }

    /// A text that is one of `allowed`; `absent` when it is not there.
    String choice(String name, String absent, Collection<String> allowed) throws CscRefused {
        if (!has(name)) {
            return absent;
        }
        var value = members.path(name);
        if (value.isString() && allowed.contains(value.stringValue())) {
            return value.stringValue();
        }
        throw CscRefused.invalid(name);
    }

    boolean flag(String name) throws CscRefused {
        if (!has(name)) {
            return false;
        }
        var value = members.path(name);
        if (!value.isBoolean()) {
            throw CscRefused.missing("boolean", name);
        }
        return value.booleanValue();
    }

    /// A whole number that must be there; one that does not fit becomes the nearest that does.
    long number(String name) throws CscRefused {
        var value = members.path(name);
        if (!value.isIntegralNumber()) {
            throw CscRefused.missing("integer", name);
        }
        if (value.canConvertToLong()) {
            return value.longValue();
        }
        return value.bigIntegerValue().signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    long numberOr(String name, long absent) throws CscRefused {
        return has(name) ? number(name) : absent;
    }

    /// A member of ours that is an object; null when it is absent.
    @Nullable Parameters inner(String name) throws CscRefused {
        if (!has(name)) {
            return null;
        }
        var value = members.path(name);
        if (!value.isObject()) {
            throw CscRefused.missing("object", name);
        }
        return new Parameters(value);
    }

    /// An array of objects.
    List<Parameters> objects(String name) throws CscRefused {
        var value = members.path(name);
        if (!value.isArray()) {
            throw CscRefused.missing("array", name);
        }
        var objects = new ArrayList<Parameters>();
        for (var item : value) {
            if (!item.isObject()) {
                throw CscRefused.missing("array", name);
            }
            objects.add(new Parameters(item));
        }
        return objects;
    }

    /// Octets of a member of ours: base64url without padding.
    public Bytes bytes(String name) throws CscRefused {
        try {
            return Bytes.fromBase64Url(text(name));
        } catch (MalformedException e) {
            throw CscRefused.invalid(name);
        }
    }

    /// `credentialID`. What is no identifier of ours is as unknown as one that was never given.
    Id credentialId() throws CscRefused {
        try {
            return Id.parse(Id.Kind.CREDENTIAL, text("credentialID"));
        } catch (MalformedException e) {
            throw new CscRefused(FailureKind.CREDENTIAL_UNKNOWN, "Invalid parameter credentialID");
        }
    }

    /// `hashes`, decoded, in order, without a look at their lengths.
    List<Bytes> hashes() throws CscRefused {
        var value = members.path("hashes");
        if (!value.isArray()) {
            throw CscRefused.missing("array", "hash");
        }
        if (value.isEmpty()) {
            throw CscRefused.malformed("Empty hash array");
        }
        var hashes = new ArrayList<Bytes>(value.size());
        for (var item : value) {
            var hash = item.isString() ? Base64Text.decode(item.stringValue()) : null;
            if (hash == null) {
                throw CscRefused.malformed("Invalid Base64 hash string parameter");
            }
            hashes.add(hash);
        }
        return hashes;
    }

    /// Says nothing of the parameters: they hold secrets.
    @Override
    public String toString() {
        return "Parameters";
    }
}
