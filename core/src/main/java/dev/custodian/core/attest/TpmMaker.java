package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.der.DerReader;
import dev.custodian.core.der.Tag;
import java.util.Locale;

/// Who made a TPM, as its certificate says (TCG EK Credential Profile §3.2.9): no serial number,
/// nothing that tells one device from the next of its kind.
///
/// @param manufacturer `id:` and eight hexadecimal digits of the TCG's Vendor ID Registry
/// @param model text of the maker's
/// @param version of the firmware, text of the maker's
public record TpmMaker(String manufacturer, String model, String version) {
    private static final int DIRECTORY_NAME = Tag.context(4);
    private static final int LONGEST = 64;

    // 2.23.133.2.1 and those beside it
    private static final Bytes MANUFACTURER = Bytes.fromHex("6781050201");
    private static final Bytes MODEL = Bytes.fromHex("6781050202");
    private static final Bytes VERSION = Bytes.fromHex("6781050203");

    public TpmMaker {
        if (!manufacturer.matches("id:[0-9A-F]{8}")) {
            throw new IllegalArgumentException("no manufacturer of the registry");
        }
    }

    /// Reads it out of the value of a subjectAltName (RFC 5280 §4.2.1.6), still in its octet
    /// string. Each of the three is there once.
    static TpmMaker read(Bytes extension) throws MalformedException {
        var names =
                new DerReader(
                        DerReader.only(DerReader.only(extension, Tag.OCTET_STRING), Tag.SEQUENCE));
        var found = new Found();
        while (names.more()) {
            var name = names.next();
            if (name.tag() == DIRECTORY_NAME) {
                found.read(new DerReader(DerReader.only(name.content(), Tag.SEQUENCE)));
            }
        }
        return found.maker();
    }

    /// What was seen so far; empty for what was not.
    private static final class Found {
        private String manufacturer = "";
        private String model = "";
        private String version = "";

        void read(DerReader relativeNames) throws MalformedException {
            while (relativeNames.more()) {
                var attributes = new DerReader(relativeNames.next(Tag.SET));
                while (attributes.more()) {
                    var attribute = new DerReader(attributes.next(Tag.SEQUENCE));
                    take(attribute.next(Tag.OBJECT_IDENTIFIER), attribute.next());
                    attribute.done();
                }
            }
        }

        private void take(Bytes oid, DerReader.Element value) throws MalformedException {
            if (oid.equals(MANUFACTURER)) {
                manufacturer = once(manufacturer, text(value));
            } else if (oid.equals(MODEL)) {
                model = once(model, text(value));
            } else if (oid.equals(VERSION)) {
                version = once(version, text(value));
            }
        }

        private static String once(String before, String text) throws MalformedException {
            if (!before.isEmpty()) {
                throw new MalformedException(Reason.MEMBERS, "named twice");
            }
            return text;
        }

        TpmMaker maker() throws MalformedException {
            var id = manufacturer.toUpperCase(Locale.ROOT);
            if (!id.matches("ID:[0-9A-F]{8}") || model.isEmpty() || version.isEmpty()) {
                throw new MalformedException(Reason.MEMBERS, "no manufacturer, model and version");
            }
            return new TpmMaker("id:" + id.substring(3), model, version);
        }
    }

    /// A text that can be shown: 1 to 64 printable characters of ASCII.
    private static String text(DerReader.Element value) throws MalformedException {
        int tag = value.tag();
        if (tag != Tag.UTF8_STRING && tag != Tag.PRINTABLE_STRING && tag != Tag.IA5_STRING) {
            throw new MalformedException(Reason.SYNTAX, "another kind of text");
        }
        var text = value.content().utf8();
        if (!text.matches("[ -~]{1," + LONGEST + "}")) {
            throw new MalformedException("a text that cannot be shown");
        }
        return text;
    }

    /// The maker's name; the number itself when it is not known here.
    public String name() {
        return switch (manufacturer.substring(3)) {
            case "414D4400" -> "AMD";
            case "41544D4C" -> "Atmel";
            case "4252434D" -> "Broadcom";
            case "474F4F47" -> "Google";
            case "00001014", "49424D00" -> "IBM";
            case "49465800" -> "Infineon";
            case "494E5443" -> "Intel";
            case "4D534654" -> "Microsoft";
            case "4E545A00" -> "Nationz";
            case "4E544300" -> "Nuvoton";
            case "51434F4D" -> "Qualcomm";
            case "534D534E" -> "Samsung";
            case "53544D20" -> "STMicroelectronics";
            case "54584E00" -> "Texas Instruments";
            case "57454300" -> "Winbond";
            default -> manufacturer;
        };
    }

    /// Whether it says itself that it is a program: swtpm, and the simulators and tests of the
    /// registry (`SIM0` to `SIM7`, `TST0` to `TST7`). What a hypervisor gives its guests is a
    /// program too, and does not say so everywhere: whose root is trusted decides.
    public boolean simulated() {
        return model.toLowerCase(Locale.ROOT).contains("swtpm")
                || manufacturer.matches("id:(00001014|53494D3[0-7]|5453543[0-7])");
    }

    /// For people: maker, model, version, and that it is simulated.
    @Override
    public String toString() {
        return "%s %s %s%s".formatted(name(), model, version, simulated() ? " (simulated)" : "");
    }
}
