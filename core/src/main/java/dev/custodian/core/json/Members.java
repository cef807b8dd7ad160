package dev.custodian.core.json;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The members of one object while it is turned into a record: each is asked for once, by its type.
public final class Members {
    /// RFC 3339 has years of four digits.
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private final Map<String, Json> members;
    private final String what;
    private final Set<String> asked = new HashSet<>();

    Members(Map<String, Json> members, String what) {
        this.members = members;
        this.what = what;
    }

    public boolean has(String name) {
        return members.containsKey(name);
    }

    public Json value(String name) throws MalformedException {
        asked.add(name);
        var value = members.get(name);
        if (value == null) {
            throw new MalformedException(Reason.MEMBERS, what + " lacks the member " + name);
        }
        return value;
    }

    public String text(String name) throws MalformedException {
        if (value(name) instanceof Json.Str(var text)) {
            return text;
        }
        throw wrong(name, "a string");
    }

    /// A text, empty when the member is not there; an empty text that is there would be a second
    /// spelling of that.
    public String optionalText(String name) throws MalformedException {
        if (!has(name)) {
            return "";
        }
        var text = text(name);
        if (text.isEmpty()) {
            throw wrong(Reason.SPELLING, name, "a text: what is empty is left out");
        }
        return text;
    }

    public long number(String name, long least, long most) throws MalformedException {
        if (value(name) instanceof Json.Num(var number) && number >= least && number <= most) {
            return number;
        }
        throw wrong(name, "a whole number from " + least + " to " + most);
    }

    /// Octets in base64url.
    public Bytes bytes(String name) throws MalformedException {
        return Bytes.fromBase64Url(text(name));
    }

    /// Octets in base64url, exactly `size` of them.
    public Bytes bytes(String name, int size) throws MalformedException {
        var bytes = bytes(name);
        if (bytes.size() != size) {
            throw wrong(Reason.SIZE, name, size + " octets");
        }
        return bytes;
    }

    /// A time in RFC 3339, UTC, in the one spelling that [Instant#toString] gives.
    public Instant time(String name) throws MalformedException {
        var text = text(name);
        try {
            var time = Instant.parse(text);
            if (time.isAfter(LATEST) || text.startsWith("-")) {
                throw wrong(name, "a time from year 0000 to 9999");
            }
            if (time.toString().equals(text)) {
                return time;
            }
        } catch (DateTimeException e) {
            throw wrong(name, "a time in UTC");
        }
        throw wrong(Reason.SPELLING, name, "a time in UTC in its shortest spelling");
    }

    public List<Json> items(String name) throws MalformedException {
        if (value(name) instanceof Json.Arr(var items)) {
            return items;
        }
        throw wrong(name, "an array");
    }

    /// The items of an array that has at least `least` and at most `most` of them.
    public List<Json> items(String name, int least, int most) throws MalformedException {
        var items = items(name);
        if (items.size() < least || items.size() > most) {
            throw wrong(Reason.SIZE, name, "an array of " + least + " to " + most + " items");
        }
        return items;
    }

    public Members object(String name) throws MalformedException {
        return Json.members(value(name), name);
    }

    /// Refuses members that nobody asked for.
    public void done() throws MalformedException {
        for (var name : members.keySet()) {
            if (!asked.contains(name)) {
                throw new MalformedException(Reason.MEMBERS, what + " has an unknown member");
            }
        }
    }

    private MalformedException wrong(String name, String wanted) {
        return wrong(Reason.VALUE, name, wanted);
    }

    private MalformedException wrong(Reason reason, String name, String wanted) {
        return new MalformedException(
                reason, "the member " + name + " of " + what + " is not " + wanted);
    }
}
