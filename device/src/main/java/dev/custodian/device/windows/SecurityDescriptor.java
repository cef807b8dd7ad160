package dev.custodian.device.windows;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Who owns something and who is allowed anything, out of a self-relative SECURITY_DESCRIPTOR
/// (MS-DTYP §2.4.6).
///
/// @param owner a SID as text (`S-1-5-18`)
/// @param allowed the SIDs of all entries that allow something, in their order
record SecurityDescriptor(String owner, List<String> allowed) {
    static final String EVERYONE = "S-1-1-0";
    private static final String SYSTEM = "S-1-5-18";
    private static final String ADMINISTRATORS = "S-1-5-32-544";

    /// Stands for whoever makes a file there: only those who are allowed to.
    private static final String CREATOR_OWNER = "S-1-3-0";

    /// Stands for the owner.
    private static final String OWNER_RIGHTS = "S-1-3-4";

    private static final Set<String> TRUSTED =
            Set.of(SYSTEM, ADMINISTRATORS, CREATOR_OWNER, OWNER_RIGHTS);

    private static final int DACL_PRESENT = 0x4;
    private static final int CONTROL_AT = 2;
    private static final int OWNER_AT = 4;
    private static final int DACL_AT = 16;
    private static final int ACL_HEAD = 8;
    private static final int MOST_PARTS = 15;

    /// ACCESS_ALLOWED_ACE_TYPE.
    private static final int ALLOW = 0;

    /// ACCESS_ALLOWED_CALLBACK_ACE_TYPE: the same layout up to the SID.
    private static final int ALLOW_IF = 9;

    /// ACCESS_DENIED, SYSTEM_AUDIT and the forms of these: they allow nothing.
    private static final Set<Integer> NEVER_ALLOW = Set.of(1, 2, 3, 6, 7, 8, 10, 12, 13, 15, 17);

    SecurityDescriptor {
        allowed = List.copyOf(allowed);
    }

    /// @throws IllegalArgumentException when the octets are no such thing, or allow in a way that
    ///   is not known here
    static SecurityDescriptor parse(byte[] octets) {
        var in = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        try {
            var owner = sid(in, in.getInt(OWNER_AT));
            int dacl = in.getInt(DACL_AT);
            boolean hasDacl = (in.getShort(CONTROL_AT) & DACL_PRESENT) != 0 && dacl != 0;
            // Without a list, everybody is allowed everything.
            return new SecurityDescriptor(owner, hasDacl ? allowed(in, dacl) : List.of(EVERYONE));
        } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
            throw new IllegalArgumentException("a security descriptor that is cut off", e);
        }
    }

    private static List<String> allowed(ByteBuffer in, int dacl) {
        var allowed = new ArrayList<String>();
        int entries = Short.toUnsignedInt(in.getShort(dacl + 4));
        int at = dacl + ACL_HEAD;
        for (int i = 0; i < entries; i++) {
            int type = Byte.toUnsignedInt(in.get(at));
            int size = Short.toUnsignedInt(in.getShort(at + 2));
            if (size < ACL_HEAD) {
                throw new IllegalArgumentException("an entry of no size");
            }
            if (type == ALLOW || type == ALLOW_IF) {
                if (in.getInt(at + 4) != 0) {
                    allowed.add(sid(in, at + 8));
                }
            } else if (!NEVER_ALLOW.contains(type)) {
                throw new IllegalArgumentException("an entry of the type " + type);
            }
            at += size;
        }
        return allowed;
    }

    /// The SID at this place, as text.
    static String sid(byte[] octets, int at) {
        try {
            return sid(ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN), at);
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a SID that is cut off", e);
        }
    }

    private static String sid(ByteBuffer in, int at) {
        int parts = Byte.toUnsignedInt(in.get(at + 1));
        if (in.get(at) != 1 || parts > MOST_PARTS) {
            throw new IllegalArgumentException("not a SID");
        }
        long authority = 0;
        for (int i = 2; i < 8; i++) {
            authority = authority << 8 | Byte.toUnsignedLong(in.get(at + i));
        }
        var text = new StringBuilder("S-1-").append(authority);
        for (int i = 0; i < parts; i++) {
            text.append('-').append(Integer.toUnsignedLong(in.getInt(at + 8 + 4 * i)));
        }
        return text.toString();
    }

    /// Whether `user` owns it, or the administrators do: what an elevated process makes is theirs.
    boolean isOf(String user) {
        return owner.equals(user) || owner.equals(ADMINISTRATORS);
    }

    /// Who else than `user`, the system and the administrators is allowed something.
    List<String> strangers(String user) {
        return allowed.stream()
                .filter(sid -> !sid.equals(user) && !TRUSTED.contains(sid))
                .distinct()
                .toList();
    }
}
