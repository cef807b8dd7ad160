package dev.custodian.device.piv;

import javax.smartcardio.ATR;

/// What a card says when it is powered up, as far as we look (ISO/IEC 7816-4 §8.1.1).
final class Atr {
    /// The category indicator of historical bytes in COMPACT-TLV.
    private static final int COMPACT_TLV = 0x80;

    /// The same with the status at the end.
    private static final int COMPACT_TLV_AND_STATUS = 0x00;

    private static final int CAPABILITIES = 7;
    private static final int EXTENDED_LENGTH = 0x40;

    private Atr() {}

    static boolean takesExtendedLength(ATR atr) {
        return takesExtendedLength(atr.getHistoricalBytes());
    }

    /// The third software function table of the card's capabilities.
    static boolean takesExtendedLength(byte[] historical) {
        if (historical.length == 0
                || historical[0] != (byte) COMPACT_TLV && historical[0] != COMPACT_TLV_AND_STATUS) {
            return false;
        }
        for (int at = 1; at < historical.length; ) {
            int tag = (historical[at] & 0xff) >> 4;
            int size = historical[at] & 0xf;
            if (tag == CAPABILITIES && size == 3 && at + size < historical.length) {
                return (historical[at + 3] & EXTENDED_LENGTH) != 0;
            }
            at += 1 + size;
        }
        return false;
    }
}
