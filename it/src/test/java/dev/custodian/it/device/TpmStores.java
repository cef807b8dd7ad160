package dev.custodian.it.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.TpmStore;
import dev.custodian.device.testing.JdkVerifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// One folder of keys, opened over one simulated TPM or another. One client at a time: a former one
/// that was closed still says goodbye.
final class TpmStores implements AutoCloseable {
    static final KeySpec WORK = new KeySpec("work", KeyType.P256);

    private static final Bytes LETTER = Bytes.utf8("Dear Charles");

    private final Path scratch;
    private final List<DeviceStore> opened = new ArrayList<>();
    private final Bus bus;

    /// Whose keys are in the folder.
    Swtpm swtpm;

    final Swtpm other;

    private TpmStores(Path scratch) throws Exception {
        this.scratch = scratch;
        this.swtpm = Swtpm.start(scratch.resolve("tpm"));
        this.other = Swtpm.start(scratch.resolve("tpm2"));
        this.bus = new Bus(swtpm);
    }

    static TpmStores in(Path scratch) throws Exception {
        return new TpmStores(scratch);
    }

    /// What is between the stores and the TPM.
    Bus bus() {
        return bus;
    }

    /// The folder over this TPM.
    TpmStore open(Swtpm tpm) throws DeviceException {
        forget();
        bus.leadTo(tpm);
        return opened(TpmStore.open(keys(), bus));
    }

    /// The folder over its own TPM.
    TpmStore open() throws DeviceException {
        return open(swtpm);
    }

    /// Closes this one with the others.
    TpmStore opened(TpmStore store) {
        opened.add(store);
        return store;
    }

    /// Closes what was opened.
    void forget() {
        opened.forEach(DeviceStore::close);
    }

    Path keys() {
        return scratch.resolve("keys");
    }

    /// The file of the key `work`.
    Path work() {
        return keys().resolve("work.pem");
    }

    /// Starts the TPM that was closed anew, with what it keeps.
    void restart() throws Exception {
        swtpm = Swtpm.start(scratch.resolve("tpm"));
    }

    static Secret pin() {
        return Secret.owning(Bytes.utf8("123456").toArray());
    }

    static KeyUri made(TpmStore store) throws Exception {
        try (var key = store.create(WORK)) {
            return key.uri();
        }
    }

    static void refused(DeviceFailure failure, ThrowingCallable what) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(what)
                .satisfies(e -> assertThat(e.failure()).as(e.sentences()).isEqualTo(failure));
    }

    static void sign(DeviceKey key) throws Exception {
        var _ = key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(LETTER));
    }

    /// Of a key on P-256.
    static void assertSigns(DeviceKey key) throws Exception {
        var signature = key.sign(Scheme.ECDSA_SHA256, Hashes.sha256(LETTER));
        var octets = LETTER.toArray();
        assertThat(JdkVerifier.verifies(key.publicKey(), Scheme.ECDSA_SHA256, octets, signature))
                .isTrue();
    }

    @Override
    public void close() {
        forget();
        swtpm.close();
        other.close();
    }
}
