package dev.custodian.core.identity;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;

/// The six digits that a new device and the approving one both show (FORMATS §3). They cover the
/// new key and the id that the server gave it after the key was sent, so that nobody can choose a
/// key for its number. They stop mix-ups and push fatigue, not a malicious server.
public final class DeviceNumber {
    private static final Bytes INFO = Bytes.utf8("custodian/device-number/1");
    private static final int DIGITS = 1_000_000;

    private DeviceNumber() {}

    /// H(SPKI): by which an `add-device` change names the new key.
    public static Bytes thumbprint(Bytes spki) {
        return Hashes.sha256(spki);
    }

    /// `123 456`: the first eight octets of H(info ‖ thumbprint ‖ device) as a number, modulo a
    /// million.
    ///
    /// @param thumbprint of the new device's key
    /// @param device the id that it waits under
    public static String of(Bytes thumbprint, Id device) {
        var hash =
                Hashes.sha256(
                        Bytes.join(
                                INFO,
                                thumbprint,
                                Bytes.utf8(device.require(Id.Kind.DEVICE).text())));
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number = number << Byte.SIZE | hash.at(i) & 0xff;
        }
        var text = "%06d".formatted(Long.remainderUnsigned(number, DIGITS));
        return text.substring(0, 3) + " " + text.substring(3);
    }
}
