package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeyType;
import dev.custodian.device.Sealing;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.StoreKind;
import dev.custodian.device.Verdict;
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
    DeviceStore open() throws Exception {
        return open(scratch.resolve("keys"));
    }

    @Override
    DeviceStore another() throws Exception {
        return open(scratch.resolve("other"));
    }

    @Override
    StoreKind kind() {
        return StoreKind.SOFTWARE;
    }

    @Override
    Verdict verdict() {
        return Verdict.SOFTWARE_PASSPHRASE;
    }

    @Override
    boolean simulated() {
        return false;
    }

    @Override
    Set<KeyType> types() {
        return EnumSet.allOf(KeyType.class);
    }

    @Override
    Set<Class<?>> abilities() {
        return Set.of(Sealing.class);
    }
}
