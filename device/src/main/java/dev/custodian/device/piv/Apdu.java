package dev.custodian.device.piv;

import dev.custodian.core.Secret;

/// A command before it is cut for the card (ISO/IEC 7816-4 §5.1), in class 0.
///
/// @param data may hold a PIN: sending wipes it
record Apdu(Ins ins, int p1, int p2, Secret data) {
    static Apdu of(Ins ins, int p1, int p2, byte[] data) {
        return new Apdu(ins, p1, p2, Secret.owning(data));
    }

    static Apdu of(Ins ins, int p1, int p2) {
        return of(ins, p1, p2, new byte[0]);
    }
}
