package dev.custodian.it;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The smallest Windows program that signing tools take: headers and one empty section (Microsoft's
/// PE format).
final class SmallPe {
    private SmallPe() {}

    static byte[] octets() {
        var file = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        file.putShort(0, (short) 0x5a4d).putInt(0x3c, 0x40);
        file.putInt(0x40, 0x4550);
        // COFF header: x64, one section, size of the optional header, executable
        file.putShort(0x44, (short) 0x8664).putShort(0x46, (short) 1);
        file.putShort(0x54, (short) 240).putShort(0x56, (short) 0x22);
        int optional = 0x58;
        file.putShort(optional, (short) 0x20b);
        file.putInt(optional + 16, 0x1000).putInt(optional + 20, 0x1000);
        file.putLong(optional + 24, 0x140000000L);
        file.putInt(optional + 32, 0x1000).putInt(optional + 36, 0x200);
        file.putShort(optional + 40, (short) 6).putShort(optional + 48, (short) 6);
        file.putInt(optional + 56, 0x2000).putInt(optional + 60, 0x200);
        file.putShort(optional + 68, (short) 3);
        file.putInt(optional + 108, 16);
        int section = optional + 240;
        file.put(section, new byte[] {'.', 't', 'e', 'x', 't'});
        file.putInt(section + 8, 0x200).putInt(section + 12, 0x1000);
        file.putInt(section + 16, 0x200).putInt(section + 20, 0x200);
        file.putInt(section + 36, 0x60000020);
        file.put(0x200, (byte) 0xc3);
        return file.array();
    }
}
