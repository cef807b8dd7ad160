package dev.custodian.core.intent;

import dev.custodian.core.Bytes;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import dev.custodian.core.json.Json;
import java.util.Locale;

/// What a credential demands of an approval. Kept verbatim; its hash is journalled and part of the
/// owner's seal (FORMATS §4).
///
/// @param level the least level of an approval
/// @param multisign most signatures in one approval, 1 to 4,000
public record Policy(Level level, int multisign) {
    private static final int MAX_SIZE = 4096;
    private static final int MOST = 4000;

    public Policy {
        if (multisign < 1 || multisign > MOST) {
            throw new IllegalArgumentException("multisign of " + multisign);
        }
    }

    public Bytes encode() {
        return Json.object()
                .put("v", 1)
                .put("level", level.name().toLowerCase(Locale.ROOT))
                .put("multisign", multisign)
                .build()
                .write();
    }

    public static Policy decode(Bytes octets) throws MalformedException {
        var members = Json.members(Json.parse(octets, MAX_SIZE), "policy");
        members.number("v", 1, 1);
        var level = level(members.text("level"));
        int multisign = (int) members.number("multisign", 1, MOST);
        members.done();
        return new Policy(level, multisign);
    }

    private static Level level(String text) throws MalformedException {
        for (var level : Level.values()) {
            if (level.name().toLowerCase(Locale.ROOT).equals(text)) {
                return level;
            }
        }
        throw new MalformedException("not a level: asserted, bound or bound_hardware");
    }
}
