package dev.custodian.device.piv;

import dev.custodian.core.MalformedException;
import java.util.HexFormat;
import java.util.Locale;

/// Where a key is, and the object that its certificate is in (SP 800-73-4 Part 1 §4, Part 2 §5.1).
public enum Slot {
    AUTHENTICATION(0x9a, 0x5fc105),
    /// Wants the PIN before each use.
    SIGNATURE(0x9c, 0x5fc10a),
    KEY_MANAGEMENT(0x9d, 0x5fc10b),
    /// Wants no PIN.
    CARD_AUTHENTICATION(0x9e, 0x5fc101),
    RETIRED_1(0x82, 0x5fc10d),
    RETIRED_2(0x83, 0x5fc10e),
    RETIRED_3(0x84, 0x5fc10f),
    RETIRED_4(0x85, 0x5fc110),
    RETIRED_5(0x86, 0x5fc111),
    RETIRED_6(0x87, 0x5fc112),
    RETIRED_7(0x88, 0x5fc113),
    RETIRED_8(0x89, 0x5fc114),
    RETIRED_9(0x8a, 0x5fc115),
    RETIRED_10(0x8b, 0x5fc116),
    RETIRED_11(0x8c, 0x5fc117),
    RETIRED_12(0x8d, 0x5fc118),
    RETIRED_13(0x8e, 0x5fc119),
    RETIRED_14(0x8f, 0x5fc11a),
    RETIRED_15(0x90, 0x5fc11b),
    RETIRED_16(0x91, 0x5fc11c),
    RETIRED_17(0x92, 0x5fc11d),
    RETIRED_18(0x93, 0x5fc11e),
    RETIRED_19(0x94, 0x5fc11f),
    RETIRED_20(0x95, 0x5fc120),
    /// Yubico's: the key that attests others.
    ATTESTATION(0xf9, 0x5fff01);

    private final int number;
    private final int object;

    Slot(int number, int object) {
        this.number = number;
        this.object = object;
    }

    /// Reads `9a`.
    public static Slot ofHex(String text) throws MalformedException {
        for (var slot : values()) {
            if (slot.hex().equals(text)) {
                return slot;
            }
        }
        throw new MalformedException("no slot of a PIV card");
    }

    /// Whether it is for keys that were in another slot before; nobody minds which key is there.
    public boolean isRetired() {
        return number >= 0x82 && number <= 0x95;
    }

    int number() {
        return number;
    }

    /// The tag of its certificate's object.
    int object() {
        return object;
    }

    /// `9a`.
    public String hex() {
        return HexFormat.of().toHexDigits((byte) number).toLowerCase(Locale.ROOT);
    }
}
