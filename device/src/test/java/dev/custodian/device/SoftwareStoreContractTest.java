package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.testing.DeviceStoreContract;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

/// The contract over files under a passphrase.
class SoftwareStoreContractTest extends DeviceStoreContract {
    @TempDir Path scratch;

    private static DeviceStore open(Path folder) throws Exception {
        try (var passphrase = Secret.owning(Bytes.utf8("correct horse").toArray())) {
            return SoftwareStore.open(folder, passphrase);
        }
    }

    @Override
    protected DeviceStore open() throws Exception {
        return open(scratch.resolve("keys"));
    }

    @Override
    protected DeviceStore another() throws Exception {
        return open(scratch.resolve("other"));
    }

    @Override
    protected StoreKind kind() {
        return StoreKind.SOFTWARE;
    }

    @Override
    protected Verdict verdict() {
        return Verdict.SOFTWARE_PASSPHRASE;
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
