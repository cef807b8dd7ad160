package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import java.util.Arrays;

/// A command as it arrives at the simulated card (ISO/IEC 7816-4 §5.1).
///
/// @param le so many octets may come back
record SimulatedCommand(int cla, int ins, int p1, int p2, Bytes data, int le, boolean isExtended) {
    static final int LONGEST = 256;
    private static final int HEAD = 4;

    static SimulatedCommand of(byte[] octets) {
        boolean extended = octets.length >= HEAD + 3 && octets[HEAD] == 0;
        int from = HEAD;
        int size = 0;
        if (extended && octets.length > HEAD + 3) {
            size = (octets[HEAD + 1] & 0xff) << 8 | octets[HEAD + 2] & 0xff;
            from = HEAD + 3;
        } else if (!extended && octets.length > HEAD + 1) {
            size = octets[HEAD] & 0xff;
            from = HEAD + 1;
        }
        int end = from + size;
        int le = octets.length > end ? octets[octets.length - 1] & 0xff : 0;
        return new SimulatedCommand(
                octets[0] & 0xff,
                octets[1] & 0xff,
                octets[2] & 0xff,
                octets[3] & 0xff,
                Bytes.of(Arrays.copyOfRange(octets, from, end)),
                le == 0 ? LONGEST : le,
                extended);
    }

    boolean isChained() {
        return (cla & 0x10) != 0;
    }
}
