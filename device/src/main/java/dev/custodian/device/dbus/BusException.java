package dev.custodian.device.dbus;

import java.io.IOException;

/// The bus, or who was called over it, did not do what was asked. Names no secret.
public final class BusException extends IOException {
    private static final long serialVersionUID = 1L;

    /// What went wrong.
    public enum Kind {
        /// There is no bus, or nobody of the wanted name on it.
        ABSENT,
        /// No answer within the time limit.
        SILENT,
        /// The connection ended.
        GONE,
        /// What came is not D-Bus, or not what the called method answers.
        MALFORMED,
        /// The called one refused, with an error of its own.
        ERROR
    }

    private final Kind kind;
    private final String error;

    BusException(Kind kind, String message) {
        this(kind, message, "");
    }

    private BusException(Kind kind, String message, String error) {
        super(message);
        this.kind = kind;
        this.error = error;
    }

    /// An answer that breaks this rule.
    public static BusException malformed(String rule) {
        return new BusException(Kind.MALFORMED, "not an answer: " + rule);
    }

    static BusException error(String member, String error) {
        var kind =
                switch (error) {
                    case "org.freedesktop.DBus.Error.ServiceUnknown",
                            "org.freedesktop.DBus.Error.NameHasNoOwner",
                            "org.freedesktop.DBus.Error.Spawn.ServiceNotFound",
                            "org.freedesktop.DBus.Error.Spawn.ExecFailed",
                            "org.freedesktop.DBus.Error.Spawn.ChildExited" ->
                            Kind.ABSENT;
                    case "org.freedesktop.DBus.Error.NoReply",
                            "org.freedesktop.DBus.Error.TimedOut",
                            "org.freedesktop.DBus.Error.Timeout" ->
                            Kind.SILENT;
                    default -> Kind.ERROR;
                };
        return new BusException(kind, member + ": " + error, error);
    }

    public Kind kind() {
        return kind;
    }

    /// The name of the error that was answered: `org.freedesktop.Secret.Error.IsLocked`; empty for
    /// none.
    public String error() {
        return error;
    }
}
