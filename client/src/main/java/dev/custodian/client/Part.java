package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// An object inside an answer. Unknown members are passed over and `null` counts as absent
/// (reference csc-api §2); what is needed and missing is a broken protocol.
///
/// @param what the request and the place in its answer, as messages name it
record Part(String what, JsonNode node) {
    String text(String name) throws Refused {
        var value = node.path(name);
        if (!value.isString()) {
            throw broken(name, "a text");
        }
        return value.stringValue();
    }

    String textOrEmpty(String name) {
        var value = node.path(name);
        return value.isString() ? value.stringValue() : "";
    }

    long number(String name) throws Refused {
        var value = node.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw broken(name, "a whole number");
        }
        return value.longValue();
    }

    long numberOr(String name, long absent) throws Refused {
        return has(name) ? number(name) : absent;
    }

    boolean flag(String name) {
        return node.path(name).isBoolean() && node.path(name).booleanValue();
    }

    boolean has(String name) {
        return !node.path(name).isMissingNode() && !node.path(name).isNull();
    }

    /// Octets of a member of ours: base64url without padding.
    Bytes bytes(String name) throws Refused {
        try {
            return Bytes.fromBase64Url(text(name));
        } catch (MalformedException e) {
            throw broken(name, "base64url");
        }
    }

    Id id(Id.Kind kind, String name) throws Refused {
        return idOf(kind, name, text(name));
    }

    /// The identifier in `text`, which stood in the member `name`.
    Id idOf(Id.Kind kind, String name, String text) throws Refused {
        try {
            return Id.parse(kind, text);
        } catch (MalformedException e) {
            throw broken(name, "an identifier that begins with " + kind.prefix());
        }
    }

    /// The object of this name; an empty one when it is absent.
    Part inner(String name) {
        var value = node.path(name);
        return new Part(what + ", " + name, value.isObject() ? value : MissingNode.getInstance());
    }

    List<Part> parts(String name) throws Refused {
        var parts = new ArrayList<Part>();
        for (var item : items(name)) {
            parts.add(new Part(what + ", " + name, item));
        }
        return parts;
    }

    List<String> texts(String name) throws Refused {
        var texts = new ArrayList<String>();
        for (var item : items(name)) {
            if (!item.isString()) {
                throw broken(name, "an array of texts");
            }
            texts.add(item.stringValue());
        }
        return texts;
    }

    /// Octets of a CSC member: standard base64, or base64url from servers that mix them up.
    List<Bytes> cscList(String name) throws Refused {
        var octets = new ArrayList<Bytes>();
        for (var text : texts(name)) {
            octets.add(cscDecoded(name, text));
        }
        return octets;
    }

    Bytes cscBytes(String name) throws Refused {
        return cscDecoded(name, text(name));
    }

    private Bytes cscDecoded(String name, String text) throws Refused {
        try {
            return Bytes.of(Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/')));
        } catch (IllegalArgumentException e) {
            throw broken(name, "base64");
        }
    }

    /// Hashes of a proof; none when the member is absent.
    List<Bytes> hashes(String name) throws Refused {
        var hashes = new ArrayList<Bytes>();
        if (has(name)) {
            for (var text : texts(name)) {
                try {
                    hashes.add(Bytes.fromBase64Url(text));
                } catch (MalformedException e) {
                    throw broken(name, "an array of base64url");
                }
            }
        }
        return hashes;
    }

    private Iterable<JsonNode> items(String name) throws Refused {
        var value = node.path(name);
        if (!value.isArray()) {
            throw broken(name, "an array");
        }
        return value;
    }

    Refused broken(String name, String wanted) {
        return new Refused(
                FailureKind.PROTOCOL_BROKEN,
                "In the answer to " + what + ", " + name + " is not " + wanted + ".");
    }

    /// Answers hold tokens and SADs.
    @Override
    public String toString() {
        return "Part[" + what + "]";
    }
}
