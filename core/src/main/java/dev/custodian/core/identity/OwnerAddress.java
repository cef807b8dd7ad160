package dev.custodian.core.identity;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.net.URI;

/// `https://host[:port]/join#OWNER.THUMBPRINT`: where an owner is served, and whom to believe
/// there. An [Invitation] without code: a further device joins by it, and a recovery begins with
/// it. It holds no secret.
///
/// @param base `https://host[:port]`
/// @param owner whose device the reader wants to become
/// @param thumbprint H of the SPKI of the server's identity key
public record OwnerAddress(URI base, Id owner, Bytes thumbprint) {
    private static final int MAX_SIZE = 512;
    private static final int THUMBPRINT_TEXT = 43;
    private static final String JOIN = "/join#";

    public OwnerAddress {
        owner.require(Id.Kind.OWNER);
        if (thumbprint.size() != 32) {
            throw new IllegalArgumentException("a thumbprint has 32 octets");
        }
        if (!ServerUrl.isServer(base) || !base.getRawPath().isEmpty()) {
            throw new IllegalArgumentException("an address leads to https://host[:port]");
        }
    }

    public static OwnerAddress parse(String text) throws MalformedException {
        if (text.length() > MAX_SIZE) {
            throw new MalformedException(Reason.SIZE, "an address is shorter");
        }
        int join = text.indexOf(JOIN);
        int dot = text.indexOf('.', Math.max(join, 0));
        if (join < 0 || dot < 0) {
            throw new MalformedException(
                    Reason.SYNTAX, "an address looks like https://host/join#OWNER.THUMBPRINT");
        }
        var base = ServerUrl.parse(text.substring(0, join));
        if (!base.getRawPath().isEmpty()) {
            throw new MalformedException("an address leads to https://host[:port]");
        }
        if (text.length() - dot - 1 != THUMBPRINT_TEXT) {
            throw new MalformedException(Reason.SIZE, "the address's thumbprint is cut off");
        }
        return new OwnerAddress(
                base,
                Id.parse(Id.Kind.OWNER, text.substring(join + JOIN.length(), dot)),
                Bytes.fromBase64Url(text.substring(dot + 1)));
    }

    /// Whether this looks like an address rather than an [Invitation], which has a code in place of
    /// the owner.
    public static boolean isLike(String text) {
        return text.contains(JOIN + Id.Kind.OWNER.prefix());
    }

    public String text() {
        return base + JOIN + owner.text() + "." + thumbprint.base64Url();
    }

    @Override
    public String toString() {
        return text();
    }
}
