package dev.custodian.core.identity;

import dev.custodian.core.Base32;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.net.URI;
import java.util.regex.Pattern;

/// `https://host[:port]/join#CODE.THUMBPRINT` (FORMATS §3): where to enrol, with which single-use
/// code, and whom to believe. The fragment is never sent, so it reaches no log.
///
/// @param base `https://host[:port]`
/// @param code 10 random octets
/// @param thumbprint H of the SPKI of the server's identity key
public record Invitation(URI base, Bytes code, Bytes thumbprint) {
    /// Octets of a code: 80 random bits.
    public static final int CODE = 10;

    private static final Pattern CODE_TEXT = Pattern.compile("[a-z2-7]{4}(-[a-z2-7]{4}){3}");

    private static final int MAX_SIZE = 512;
    private static final int THUMBPRINT_TEXT = 43;

    public Invitation {
        if (code.size() != CODE || thumbprint.size() != 32) {
            throw new IllegalArgumentException(
                    "an invitation has a code of 10 and a thumbprint of 32 octets");
        }
        if (!ServerUrl.isServer(base) || !base.getRawPath().isEmpty()) {
            throw new IllegalArgumentException("an invitation leads to https://host[:port]");
        }
    }

    public static Invitation parse(String text) throws MalformedException {
        if (text.length() > MAX_SIZE) {
            throw new MalformedException(Reason.SIZE, "an invitation is shorter");
        }
        int join = text.indexOf("/join#");
        int dot = text.indexOf('.', Math.max(join, 0));
        if (join < 0 || dot < 0) {
            throw new MalformedException(
                    Reason.SYNTAX, "an invitation looks like https://host/join#CODE.THUMBPRINT");
        }
        var base = ServerUrl.parse(text.substring(0, join));
        if (!base.getRawPath().isEmpty()) {
            throw new MalformedException("an invitation leads to https://host[:port]");
        }
        if (text.length() - dot - 1 != THUMBPRINT_TEXT) {
            throw new MalformedException(Reason.SIZE, "the invitation's thumbprint is cut off");
        }
        return new Invitation(
                base,
                parseCode(text.substring(join + "/join#".length(), dot)),
                Bytes.fromBase64Url(text.substring(dot + 1)));
    }

    /// Reads a code as people copy it: four groups of four characters.
    public static Bytes parseCode(String text) throws MalformedException {
        if (!CODE_TEXT.matcher(text).matches()) {
            throw new MalformedException(Reason.SYNTAX, "a code is four groups of four characters");
        }
        return Base32.decode(text.replace("-", ""), CODE);
    }

    /// The code in four groups of four characters.
    public String codeText() {
        var text = Base32.encode(code);
        return String.join(
                "-",
                text.substring(0, 4),
                text.substring(4, 8),
                text.substring(8, 12),
                text.substring(12));
    }

    /// H(CODE): over the code's octets.
    public Bytes codeHash() {
        return codeHash(code);
    }

    public static Bytes codeHash(Bytes code) {
        return Hashes.sha256(code);
    }

    /// The whole invitation; it holds the code, so it belongs in no log.
    public String expose() {
        return base + "/join#" + codeText() + "." + thumbprint.base64Url();
    }

    @Override
    public String toString() {
        return base + "/join#…";
    }
}
