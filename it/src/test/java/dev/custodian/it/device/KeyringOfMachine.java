package dev.custodian.it.device;

import dev.custodian.it.StoreOfMachine;
import java.nio.file.Path;
import java.util.Map;

/// Files of the agent's, in a login of the machine's own that has gnome-keyring or no keyring at
/// all.
public final class KeyringOfMachine implements StoreOfMachine {
    private static final String BUS = "DBUS_SESSION_BUS_ADDRESS";

    private final KeyringSession session;

    private KeyringOfMachine(KeyringSession session) {
        this.session = session;
    }

    /// With a keyring that is unlocked.
    public static KeyringOfMachine start(Path folder) throws Exception {
        return new KeyringOfMachine(KeyringSession.start(folder).withKeyring());
    }

    /// Without one.
    public static KeyringOfMachine without(Path folder) throws Exception {
        return new KeyringOfMachine(KeyringSession.start(folder));
    }

    public KeyringSession session() {
        return session;
    }

    @Override
    public String option() {
        return "software";
    }

    @Override
    public Map<String, String> environment() {
        return Map.of(BUS, session.environment().get(BUS));
    }

    @Override
    public void close() {
        session.close();
    }
}
