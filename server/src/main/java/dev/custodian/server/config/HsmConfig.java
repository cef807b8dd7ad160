package dev.custodian.server.config;

import dev.custodian.core.Refused;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// The cryptographic device of a vault, and how it is used.
///
/// @param module library that speaks PKCS#11
/// @param token label of the token
/// @param pin file with the user's PIN, never the PIN itself
/// @param mechanism how keys are wrapped
/// @param wrappingKey file that says what the wrapping key is known by; there is none where keys
///   are not wrapped
/// @param sessions most sessions with the token at once, each of which signs one thing
/// @param waitSeconds a use that finds no session free in this time is refused
/// @param answerSeconds a call that does not come back in this time is given up; one that makes
///   keys has ten times as long
/// @param residentKeys a `managed` key stays in the token while there are fewer than this
/// @param reserved what the module is told when it is initialised, as NSS needs it; empty for
///   nothing
public record HsmConfig(
        Path module,
        String token,
        Path pin,
        WrappingMechanism mechanism,
        Path wrappingKey,
        int sessions,
        int waitSeconds,
        int answerSeconds,
        int residentKeys,
        String reserved) {
    private static final List<String> KINDS = List.of("embedded", "hsm");
    private static final List<String> FORMER = List.of("none", "embedded");
    private static final List<String> KEYS =
            List.of(
                    "module",
                    "token",
                    "pin",
                    "mechanism",
                    "wrapping_key",
                    "sessions",
                    "wait_seconds",
                    "answer_seconds",
                    "resident_keys",
                    "reserved",
                    "former");
    private static final String WRAPPING_KEY = "wrapping-key.toml";
    private static final int LONGEST_PATH = 4096;
    private static final int LONGEST_LABEL = 32;
    private static final int SESSIONS = 8;
    private static final int MOST_SESSIONS = 256;
    private static final int WAIT_SECONDS = 10;
    private static final int ANSWER_SECONDS = 30;
    private static final int MOST_SECONDS = 600;
    private static final int RESIDENT = 1_000;
    private static final int MOST_RESIDENT = 100_000;

    /// Whether the configuration asks for an HSM.
    static boolean isAskedFor(Toml toml) throws Refused {
        if (toml.choice("vault.kind", "embedded", KINDS).equals("hsm")) {
            return true;
        }
        for (var key : KEYS) {
            if (toml.has("vault." + key)) {
                throw toml.wrong("vault." + key, "is for kind = \"hsm\" alone");
            }
        }
        return false;
    }

    /// Whether the embedded vault was there before.
    static boolean isSuccessor(Toml toml) throws Refused {
        return !toml.choice("vault.former", "none", FORMER).equals("none");
    }

    /// @param folder that relative paths are taken from
    static HsmConfig of(Toml toml, Path folder) throws Refused {
        return new HsmConfig(
                folder.resolve(needed(toml, "vault.module", LONGEST_PATH)).normalize(),
                needed(toml, "vault.token", LONGEST_LABEL),
                folder.resolve(pin(toml)).normalize(),
                WrappingMechanism.valueOf(
                        toml.choice(
                                "vault.mechanism",
                                WrappingMechanism.AES_KEY_WRAP_KWP.name(),
                                Arrays.stream(WrappingMechanism.values())
                                        .map(Enum::name)
                                        .toList())),
                folder.resolve(toml.text("vault.wrapping_key", WRAPPING_KEY, LONGEST_PATH))
                        .normalize(),
                (int) toml.number("vault.sessions", SESSIONS, 1, MOST_SESSIONS),
                (int) toml.number("vault.wait_seconds", WAIT_SECONDS, 1, MOST_SECONDS),
                (int) toml.number("vault.answer_seconds", ANSWER_SECONDS, 1, MOST_SECONDS),
                (int) toml.number("vault.resident_keys", RESIDENT, 0, MOST_RESIDENT),
                toml.text("vault.reserved", ""));
    }

    private static String pin(Toml toml) throws Refused {
        var file = needed(toml, "vault.pin", LONGEST_PATH);
        if (file.matches("[0-9]+")) {
            throw toml.wrong(
                    "vault.pin",
                    "looks like the PIN itself: write that into a file of mode 600, and name the"
                            + " file here");
        }
        return file;
    }

    private static String needed(Toml toml, String key, int longest) throws Refused {
        var text = toml.text(key, "");
        if (text.isEmpty()) {
            throw toml.wrong(key, "is needed by kind = \"hsm\"");
        }
        if (text.length() > longest) {
            throw toml.wrong(key, "has more than " + longest + " characters");
        }
        return text;
    }

    /// The lines of a new table `[vault]`, which show what can be changed.
    public static String template(
            Path module, String token, Path pin, WrappingMechanism mechanism) {
        return """
        kind = "hsm"
        module = %s
        token = %s
        # a file of mode 600, or the path of a credential that systemd hands over
        pin = %s
        mechanism = %s
        # what the wrapping key is known by; hsm init writes it
        # wrapping_key = %s
        # most sessions with the token at once
        # sessions = %d
        # a use that finds no session free in this time is refused
        # wait_seconds = %d
        # a call that does not come back in this time is given up
        # answer_seconds = %d
        # a managed key stays in the token while there are fewer than this
        # resident_keys = %d
        # what the module wants to be told at its start, as NSS does
        # reserved = ""\
        """
                .formatted(
                        Toml.quote(module.toString()),
                        Toml.quote(token),
                        Toml.quote(pin.toString()),
                        Toml.quote(mechanism.name()),
                        Toml.quote(WRAPPING_KEY),
                        SESSIONS,
                        WAIT_SECONDS,
                        ANSWER_SECONDS,
                        RESIDENT);
    }

    /// The lines of the table `[vault]`.
    String toToml(boolean former) {
        return """
        kind = "hsm"
        module = %s
        token = %s
        pin = %s
        mechanism = %s
        wrapping_key = %s
        sessions = %d
        wait_seconds = %d
        answer_seconds = %d
        resident_keys = %d
        reserved = %s
        former = %s
        """
                .formatted(
                        Toml.quote(module.toString()),
                        Toml.quote(token),
                        Toml.quote(pin.toString()),
                        Toml.quote(mechanism.name()),
                        Toml.quote(wrappingKey.toString()),
                        sessions,
                        waitSeconds,
                        answerSeconds,
                        residentKeys,
                        Toml.quote(reserved),
                        Toml.quote(former ? "embedded" : "none"));
    }
}
