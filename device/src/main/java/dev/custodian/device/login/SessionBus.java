package dev.custodian.device.login;

import dev.custodian.device.login.LoginException.Meaning;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;

/// Where the bus of this login is (D-Bus specification, "Server Addresses"): what the variable
/// `DBUS_SESSION_BUS_ADDRESS` says, or `bus` in `XDG_RUNTIME_DIR`.
final class SessionBus {
    private static final String UNIX = "unix:";
    private static final String PATH = "path=";

    private SessionBus() {}

    /// The first socket that has a path: Java reaches no other.
    static Path of(Map<String, String> environment) throws LoginException {
        var address = environment.getOrDefault("DBUS_SESSION_BUS_ADDRESS", "");
        for (var one : address.split(";", -1)) {
            if (!one.startsWith(UNIX)) {
                continue;
            }
            for (var pair : one.substring(UNIX.length()).split(",", -1)) {
                if (pair.startsWith(PATH)) {
                    return Path.of(unescaped(pair.substring(PATH.length())));
                }
            }
        }
        var folder = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!address.isEmpty()) {
            throw new LoginException(
                    Meaning.ABSENT, "the login's bus has no address of the form unix:path=");
        }
        if (folder.isEmpty()) {
            throw new LoginException(
                    Meaning.ABSENT,
                    "this login has no bus: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR"
                            + " is set");
        }
        return Path.of(folder, "bus");
    }

    private static String unescaped(String value) throws LoginException {
        var octets = new ByteArrayOutputStream();
        for (int at = 0; at < value.length(); at++) {
            char next = value.charAt(at);
            if (next != '%') {
                octets.writeBytes(String.valueOf(next).getBytes(StandardCharsets.UTF_8));
            } else if (at + 2 < value.length()
                    && HexFormat.isHexDigit(value.charAt(at + 1))
                    && HexFormat.isHexDigit(value.charAt(at + 2))) {
                octets.write(HexFormat.fromHexDigits(value, at + 1, at + 3));
                at += 2;
            } else {
                throw new LoginException(Meaning.ABSENT, "the bus's address is no address");
            }
        }
        return octets.toString(StandardCharsets.UTF_8);
    }
}
