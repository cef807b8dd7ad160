package dev.custodian.agent.session;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/// Which store of device keys an enrolment takes, as the agent's command line says it: `best`,
/// `software`, `login`, `passphrase`, `tpm`, `card` or `card:SLOT`; `best:SOCKET` and `tpm:SOCKET`
/// for a TPM behind a socket. A device that is there keeps its own, which is found by the same
/// words.
///
/// @param socket where the TPM is instead of `/dev/tpmrm0`; empty for there
/// @param slot the card's, two hexadecimal digits
public record StoreOption(Pick pick, String socket, String slot) {
    /// Each store.
    public enum Pick {
        /// TPM, else card, else software.
        BEST,
        /// A file: for the user's login, else under a passphrase.
        SOFTWARE,
        /// A file for the user's login.
        LOGIN,
        /// A file that the keyring has nothing to do with.
        PASSPHRASE,
        TPM,
        CARD
    }

    /// The key for authentication (NIST SP 800-73-4 part 1 §3.1.3).
    private static final String USUAL_SLOT = "9a";

    private static final Pattern SLOT = Pattern.compile("9[acde]|8[2-9a-f]|9[0-5]");

    public static final StoreOption BEST = new StoreOption(Pick.BEST, "", USUAL_SLOT);
    public static final StoreOption SOFTWARE = new StoreOption(Pick.SOFTWARE, "", USUAL_SLOT);

    /// Refused with `USAGE` when it is none.
    public static StoreOption parse(String text) throws Refused {
        return switch (text) {
            case "best" -> BEST;
            case "software" -> SOFTWARE;
            case "login" -> new StoreOption(Pick.LOGIN, "", USUAL_SLOT);
            case "passphrase" -> new StoreOption(Pick.PASSPHRASE, "", USUAL_SLOT);
            case "tpm" -> new StoreOption(Pick.TPM, "", USUAL_SLOT);
            case "card" -> new StoreOption(Pick.CARD, "", USUAL_SLOT);
            default -> parsePlace(text);
        };
    }

    /// The store alone, as it was typed.
    String word() {
        return pick.name().toLowerCase(Locale.ROOT);
    }

    private static StoreOption parsePlace(String text) throws Refused {
        int colon = text.indexOf(':');
        var place = text.substring(colon + 1);
        if (text.startsWith("tpm:") && Path.of(place).isAbsolute()) {
            return new StoreOption(Pick.TPM, place, USUAL_SLOT);
        }
        if (text.startsWith("best:") && Path.of(place).isAbsolute()) {
            return new StoreOption(Pick.BEST, place, USUAL_SLOT);
        }
        if (text.startsWith("card:") && SLOT.matcher(place).matches()) {
            return new StoreOption(Pick.CARD, "", place);
        }
        throw new Refused(
                FailureKind.USAGE,
                "--device-store is one of: best, software, login, passphrase, tpm, card,"
                        + " card:SLOT; for a TPM behind a socket best:/PATH/OF/IT,"
                        + " tpm:/PATH/OF/IT.");
    }
}
