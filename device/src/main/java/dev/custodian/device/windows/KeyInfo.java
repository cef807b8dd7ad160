package dev.custodian.device.windows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Which key goes with a certificate: the two names of a CRYPT_KEY_PROV_INFO.
///
/// @param key the key's name; "container" in the words of Windows
/// @param provider who has it
record KeyInfo(String key, String provider) {
    /// Octets of the structure itself, on 64 bits. Its texts are behind it.
    static final int SIZE = 48;

    /// Where the address of the provider's name is; that of the key's name comes first.
    static final int PROVIDER_AT = 8;

    /// Reads what the system copied out, texts and all.
    ///
    /// @param address where these octets were when it did
    /// @return null when a text is not in them: then it is not ours
    static @Nullable KeyInfo parse(byte[] octets, long address) {
        if (octets.length < SIZE) {
            return null;
        }
        var in = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        var key = text(octets, in.getLong(0) - address);
        var provider = text(octets, in.getLong(PROVIDER_AT) - address);
        return key == null || provider == null ? null : new KeyInfo(key, provider);
    }

    /// The text in UTF-16 from there to its end, which is two octets of 0; null when it has none.
    static @Nullable String text(byte[] octets, long from) {
        if (from < 0 || from >= octets.length) {
            return null;
        }
        for (int at = (int) from; at + 1 < octets.length; at += 2) {
            if (octets[at] == 0 && octets[at + 1] == 0) {
                return new String(octets, (int) from, at - (int) from, StandardCharsets.UTF_16LE);
            }
        }
        return null;
    }
}
