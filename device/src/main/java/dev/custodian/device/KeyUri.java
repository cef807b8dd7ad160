package dev.custodian.device;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Which key of which store, as one line that a configuration can hold (RFC 3986):
///
/// ```
/// custodian-key:file:/home/mara/keys/work.p8
/// custodian-key:tpm:/home/mara/keys/work.pem
/// custodian-key:piv:serial=1234567;slot=9a
/// ```
///
/// Each key has one spelling, and every other one is refused. Holds no secret.
public sealed interface KeyUri permits KeyUri.SoftwareFile, KeyUri.TpmFile, KeyUri.PivSlot {
    /// Most characters of one: a path has up to 4096 octets, each written as three at the worst.
    int LONGEST = 3 * 4096 + 32;

    /// The text.
    String text();

    /// A key in a file that is sealed by software.
    record SoftwareFile(Path path) implements KeyUri {
        static final String PREFIX = "custodian-key:file:";

        /// @param path absolute, without `.` and `..`
        public SoftwareFile {
            KeyPath.require(path);
        }

        @Override
        public String text() {
            return PREFIX + KeyPath.encode(path);
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /// A key whose file opens in one TPM only.
    record TpmFile(Path path) implements KeyUri {
        static final String PREFIX = "custodian-key:tpm:";

        /// @param path absolute, without `.` and `..`
        public TpmFile {
            KeyPath.require(path);
        }

        @Override
        public String text() {
            return PREFIX + KeyPath.encode(path);
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /// A key on a PIV card.
    ///
    /// @param serial what tells the card from others: its number, or its GUID in hex; 1 to 32
    ///   characters of `0-9 a-f`
    /// @param slot two hexadecimal digits (NIST SP 800-73-4 part 1 §5): `9a`
    record PivSlot(String serial, String slot) implements KeyUri {
        static final String PREFIX = "custodian-key:piv:serial=";
        private static final String SLOT = ";slot=";
        private static final Pattern SERIAL = Pattern.compile("[0-9a-f]{1,32}");
        private static final Pattern SLOTS = Pattern.compile("9[acde]|8[2-9a-f]|9[0-5]");

        public PivSlot {
            if (!SERIAL.matcher(serial).matches() || !SLOTS.matcher(slot).matches()) {
                throw new IllegalArgumentException("no slot of a card");
            }
        }

        private static PivSlot decode(String text) throws MalformedException {
            int end = text.indexOf(SLOT);
            if (end < 0) {
                throw new MalformedException(Reason.SYNTAX, "a card without a slot");
            }
            try {
                return new PivSlot(text.substring(0, end), text.substring(end + SLOT.length()));
            } catch (IllegalArgumentException e) {
                throw new MalformedException(Reason.SYNTAX, "no slot of a card");
            }
        }

        @Override
        public String text() {
            return PREFIX + serial + SLOT + slot;
        }

        @Override
        public String toString() {
            return text();
        }
    }

    static KeyUri parse(String text) throws MalformedException {
        if (text.length() > LONGEST) {
            throw new MalformedException(Reason.SIZE, "a key's URI that is too long");
        }
        var uri = decode(text);
        if (!uri.text().equals(text)) {
            throw new MalformedException(Reason.SPELLING, "another spelling of a key's URI");
        }
        return uri;
    }

    private static KeyUri decode(String text) throws MalformedException {
        if (text.startsWith(SoftwareFile.PREFIX)) {
            return new SoftwareFile(KeyPath.decode(text.substring(SoftwareFile.PREFIX.length())));
        }
        if (text.startsWith(TpmFile.PREFIX)) {
            return new TpmFile(KeyPath.decode(text.substring(TpmFile.PREFIX.length())));
        }
        if (text.startsWith(PivSlot.PREFIX)) {
            return PivSlot.decode(text.substring(PivSlot.PREFIX.length()));
        }
        throw new MalformedException(Reason.SYNTAX, "not the URI of a key");
    }
}
