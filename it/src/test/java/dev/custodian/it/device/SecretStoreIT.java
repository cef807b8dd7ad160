package dev.custodian.it.device;

import dev.custodian.device.SecretStore;
import dev.custodian.device.TpmStore;
import dev.custodian.device.testing.SecretStoreContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contract of secrets over the programs of others.
class SecretStoreIT {
    /// gnome-keyring.
    @Nested
    class InAKeyring extends SecretStoreContract {
        @TempDir Path scratch;

        private KeyringSession session;

        @BeforeEach
        void start() throws Exception {
            session = KeyringSession.start(scratch.resolve("login")).withKeyring();
        }

        @AfterEach
        void stop() {
            session.close();
        }

        @Override
        protected SecretStore open() {
            return SecretStore.of(session::open, "mail");
        }
    }

    /// Sealed by swtpm.
    @Nested
    class SealedByATpm extends SecretStoreContract {
        @TempDir Path scratch;

        private final List<TpmStore> opened = new ArrayList<>();
        private Swtpm swtpm;

        @BeforeEach
        void start() throws Exception {
            swtpm = Swtpm.start(scratch.resolve("tpm"));
        }

        @AfterEach
        void stop() {
            opened.forEach(TpmStore::close);
            swtpm.close();
        }

        @Override
        protected SecretStore open() throws Exception {
            opened.forEach(TpmStore::close);
            var store = TpmStore.open(scratch.resolve("keys"), swtpm::connect);
            opened.add(store);
            return SecretStore.in(scratch.resolve("secrets"), store);
        }
    }
}
