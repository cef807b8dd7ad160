package dev.custodian.it.device;

import dev.custodian.device.CertificateHolding;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeyType;
import dev.custodian.device.Sealing;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.StoreKind;
import dev.custodian.device.Verdict;
import dev.custodian.device.testing.DeviceStoreContract;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// The contract over files that open under what lies in the keyring of a login, gnome-keyring's.
class LoginBoundStoreIT extends DeviceStoreContract {
    @TempDir static Path login;
    @TempDir Path scratch;

    private static KeyringSession session;

    @BeforeAll
    static void start() throws Exception {
        session = KeyringSession.start(login).withKeyring();
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    @Override
    protected DeviceStore open() throws Exception {
        return SoftwareStore.open(scratch.resolve("keys"), session.seal());
    }

    @Override
    protected DeviceStore another() throws Exception {
        return SoftwareStore.open(scratch.resolve("other"), session.seal());
    }

    @Override
    protected StoreKind kind() {
        return StoreKind.SOFTWARE;
    }

    @Override
    protected Verdict verdict() {
        return Verdict.SOFTWARE_LOGIN_BOUND;
    }

    @Override
    protected boolean simulated() {
        return false;
    }

    @Override
    protected Set<KeyType> types() {
        return EnumSet.allOf(KeyType.class);
    }

    @Override
    protected Set<Class<?>> abilities() {
        return Set.of(Sealing.class);
    }

    @Override
    protected Set<Class<?>> keyAbilities() {
        return Set.of(CertificateHolding.class);
    }
}
