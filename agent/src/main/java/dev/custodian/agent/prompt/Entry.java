package dev.custodian.agent.prompt;

import dev.custodian.client.Pin;
import dev.custodian.client.PinRules;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.core.intent.Shown;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// A secret that a person is to type.
///
/// @param title what it is for, in our own words
/// @param shown each line with who says so; what is foreign was made a [Line]
/// @param limit how long it is waited for
public record Entry(String title, List<Shown> shown, Wanted wanted, Duration limit) {
    /// What stands before the field of what is typed again.
    public static final String AGAIN = "Again";

    public static final String NOT_THE_SAME = "The two are not the same.";

    public Entry {
        shown = List.copyOf(shown);
        Question.requireVisible(title, shown);
    }

    /// Which secret.
    public enum Wanted {
        /// The PIN that holds.
        PIN("PIN"),
        /// Another PIN, typed twice.
        NEW_PIN("New PIN"),
        /// The PIN of the card that has this device's key.
        CARD_PIN("Card PIN"),
        /// The management key of a card, in hexadecimal digits.
        MANAGEMENT_KEY("Management key"),
        /// A recovery code.
        RECOVERY_CODE("Recovery code"),
        /// The passphrase of this device's key.
        PASSPHRASE("Passphrase"),
        /// Another passphrase, typed twice; nothing typed is one too: none.
        NEW_PASSPHRASE("New passphrase");

        /// Characters of a new passphrase.
        private static final int SHORTEST = 8;

        private final String label;

        Wanted(String label) {
            this.label = label;
        }

        /// What stands before the field.
        public String label() {
            return label;
        }

        public boolean isTypedTwice() {
            return this == NEW_PIN || this == NEW_PASSPHRASE;
        }

        /// Whether nothing typed is an answer too.
        public boolean mayBeNone() {
            return this == NEW_PASSPHRASE;
        }

        /// Reads what was typed and wipes it. Refused (`USAGE`, with what is wrong as its detail)
        /// when it cannot be the secret.
        public Secret read(char[] typed) throws Refused {
            try {
                return switch (this) {
                    case PIN, CARD_PIN -> Pin.of(typed);
                    case MANAGEMENT_KEY -> hex(typed);
                    case PASSPHRASE -> typed(typed);
                    case NEW_PIN -> chosen(typed);
                    case RECOVERY_CODE -> RecoveryCode.of(typed);
                    case NEW_PASSPHRASE -> passphrase(typed);
                };
            } catch (MalformedException e) {
                throw new Refused(
                        FailureKind.USAGE,
                        "A recovery code has "
                                + RecoveryCode.SIZE
                                + " letters and digits, in groups of four.");
            } finally {
                Arrays.fill(typed, '\0');
            }
        }

        /// Two digits an octet: of 16, 24 or 32.
        private static Secret hex(char[] typed) throws Refused {
            var octets = new byte[typed.length / 2];
            boolean fits = typed.length == 32 || typed.length == 48 || typed.length == 64;
            for (int i = 0; fits && i < octets.length; i++) {
                int high = Character.digit(typed[2 * i], 16);
                int low = Character.digit(typed[2 * i + 1], 16);
                fits = high >= 0 && low >= 0;
                octets[i] = (byte) (high << 4 | low);
            }
            if (!fits) {
                Arrays.fill(octets, (byte) 0);
                throw new Refused(
                        FailureKind.USAGE, "A management key has 32, 48 or 64 hexadecimal digits.");
            }
            return Secret.owning(octets);
        }

        private static Secret typed(char[] typed) throws Refused {
            if (typed.length == 0) {
                throw new Refused(FailureKind.USAGE, "Type the passphrase.");
            }
            return octets(typed);
        }

        /// Read as a PIN is, so that each keyboard writes the same.
        private static Secret octets(char[] typed) throws Refused {
            try {
                return Pin.of(typed);
            } catch (Refused e) {
                throw new Refused(
                        FailureKind.USAGE,
                        "A passphrase has at most " + Factors.LONGEST_PIN + " octets in UTF-8.");
            }
        }

        private static Secret passphrase(char[] typed) throws Refused {
            if (typed.length > 0 && typed.length < SHORTEST) {
                throw new Refused(
                        FailureKind.USAGE,
                        "A passphrase has at least " + SHORTEST + " characters.");
            }
            return typed.length == 0 ? Secret.owning(new byte[0]) : octets(typed);
        }

        private static Secret chosen(char[] typed) throws Refused {
            var pin = Pin.of(typed);
            var fault = PinRules.fault(pin);
            if (fault.isEmpty()) {
                return pin;
            }
            pin.close();
            throw new Refused(FailureKind.USAGE, fault);
        }
    }
}
