package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.Challenge;
import dev.custodian.device.aead.AesGcm;
import dev.custodian.device.tpm.Lockout;
import dev.custodian.device.tpm.Tpm;
import dev.custodian.device.tpm.TpmKeyFile;
import dev.custodian.device.tpm.TpmTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keys of a TPM 2.0. Their files, `NAME.pem`, lie in a private folder and are of no use without
/// the TPM; nothing of ours stays in it. See [PinnedFile].
///
/// A sealed secret is `"CUSTODIAN-TPM-SEALED" | version 1 | size u16 | a [PinnedFile] of that many
/// octets | nonce 12 | sealed octets`: the TPM seals a key, which seals the secret with
/// AES-256-GCM. What stands before is associated data, with the purpose behind that.
public final class TpmStore implements DeviceStore, PinStore, Sealing {
    /// Time for one thing that the TPM does: an old chip makes an RSA key in tens of seconds.
    public static final Duration LIMIT = Duration.ofMinutes(2);

    private static final String SUFFIX = ".pem";
    private static final String CERTIFICATES = ".pemcrt";
    private static final byte[] SEALED =
            "CUSTODIAN-TPM-SEALED\1".getBytes(StandardCharsets.US_ASCII);

    private final PrivateFolder folder;
    private final OneThread thread;
    private final TpmConnection connection;
    private final Tpm.Maker maker;
    private final SecureRandom random;
    private volatile boolean closed;

    private TpmStore(
            PrivateFolder folder,
            OneThread thread,
            TpmConnection connection,
            Tpm.Maker maker,
            SecureRandom random) {
        this.folder = folder;
        this.thread = thread;
        this.connection = connection;
        this.maker = maker;
        this.random = random;
    }

    /// Reaches a TPM: anew whenever the connection broke.
    public interface Transport {
        TpmTransport open() throws IOException;
    }

    /// Opens the store of a folder, which is made when it is missing and refused when others may
    /// enter it.
    public static TpmStore open(Path folder, Transport transport) throws DeviceException {
        return open(folder, transport, LIMIT);
    }

    /// @param limit for each thing that the TPM does
    static TpmStore open(Path folder, Transport transport, Duration limit) throws DeviceException {
        var files = PrivateFolder.open(folder.toAbsolutePath().normalize());
        var random = new SecureRandom();
        var connection = new TpmConnection(transport::open, random);
        var thread = new OneThread("TPM", limit);
        try {
            var maker = thread.call(() -> connection.run(() -> connection.tpm().maker()));
            return new TpmStore(files, thread, connection, maker, random);
        } catch (DeviceException e) {
            thread.end(connection::close);
            throw e;
        }
    }

    @Override
    public StoreLabel label() {
        var named = (maker.name() + " " + maker.model()).replaceAll(" +", " ").strip();
        return new StoreLabel(StoreKind.TPM, named, maker.isSimulator());
    }

    /// Whether it is a TPM at all, and keeps its keys, this machine cannot know: whoever verifies
    /// its evidence can.
    @Override
    public Verdict verdict() {
        return Verdict.HARDWARE_CLAIMED;
    }

    /// Those that it may make: a chip can lack some still, and refuses them then (`UNSUPPORTED`).
    @Override
    public Set<KeyType> types() {
        return Collections.unmodifiableSet(
                EnumSet.of(KeyType.P256, KeyType.P384, KeyType.RSA_2048, KeyType.RSA_3072));
    }

    private <T> T call(TpmConnection.Work<T> work) throws DeviceException {
        requireOpen();
        return thread.call(() -> connection.run(work));
    }

    private <T> T once(TpmConnection.Work<T> work) throws DeviceException {
        requireOpen();
        return thread.call(() -> connection.once(work));
    }

    private void requireOpen() throws DeviceException {
        if (closed) {
            throw new DeviceException(DeviceFailure.CLOSED);
        }
    }

    @Override
    public DeviceKey create(KeySpec spec) throws DeviceException {
        return create(spec, null, folder::create);
    }

    @Override
    public DeviceKey create(KeySpec spec, Secret pin) throws DeviceException {
        TpmDeviceKey.requirePin(pin);
        return create(spec, pin, folder::create);
    }

    @Override
    public DeviceKey throwAway() throws DeviceException {
        return create(new KeySpec("trial", KeyType.P256), null, folder::rehearse);
    }

    private interface Placing {
        void place(String name, Secret content) throws DeviceException;
    }

    private DeviceKey create(KeySpec spec, @Nullable Secret pin, Placing placing)
            throws DeviceException {
        requireOpen();
        var algorithm = spec.type().algorithm();
        if (algorithm == null) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED, "A TPM has no " + spec.type().display() + ".");
        }
        var name = spec.name() + SUFFIX;
        var pinned = pin == null ? List.<PinnedFile>of() : pinned();
        var made = call(() -> connection.create(algorithm, pin, pinned));
        try (var content = octets(made)) {
            placing.place(name, content);
        }
        return key(name, made);
    }

    /// Those that can be read: a damaged one pins nothing.
    private List<PinnedFile> pinned() throws DeviceException {
        var files = new ArrayList<PinnedFile>();
        for (var name : folder.names(SUFFIX)) {
            try {
                files.add(PinnedFile.parse(read(name + SUFFIX)));
            } catch (MalformedException e) {
                // whoever opens it is told
            }
        }
        return files;
    }

    private static Secret octets(PinnedFile file) {
        return Secret.owning(file.text().getBytes(StandardCharsets.US_ASCII));
    }

    private TpmDeviceKey key(String name, PinnedFile file) throws DeviceException {
        var area = file.file().area();
        try {
            var type =
                    file.file().kind() == TpmKeyFile.Kind.LOADABLE
                            ? KeyType.of(area.algorithm())
                            : null;
            if (type == null) {
                throw damaged(name);
            }
            return TpmDeviceKey.of(
                    this, new KeyUri.TpmFile(folder.path(name)), type, area.publicKey(), file);
        } catch (MalformedException e) {
            throw damaged(name);
        }
    }

    private DeviceException damaged(String name) {
        return new DeviceException(
                DeviceFailure.KEY_DAMAGED, folder.path(name) + " is no key of a TPM.");
    }

    @Override
    public DeviceKey open(KeyUri uri) throws DeviceException {
        requireOpen();
        var name = name(uri);
        PinnedFile file;
        try {
            file = PinnedFile.parse(read(name));
        } catch (MalformedException e) {
            throw damaged(name);
        }
        var key = key(name, file);
        var _ = call(() -> connection.load(file));
        return key;
    }

    private String read(String name) throws DeviceException {
        try (var content = folder.read(name, PinnedFile.LONGEST)) {
            return new String(content.expose(), StandardCharsets.ISO_8859_1);
        }
    }

    private String name(KeyUri uri) throws DeviceException {
        if (uri instanceof KeyUri.TpmFile(var path)) {
            return folder.nameOf(path, SUFFIX);
        }
        throw new DeviceException(DeviceFailure.KEY_UNKNOWN, uri + " is not of this store.");
    }

    /// Takes a `TSS2 PRIVATE KEY` file that another program of this machine put into the folder as
    /// `NAME.pem` for one of ours: from now on the storage key above it is the one that this TPM
    /// has now. Without effect on one that is ours already.
    public void adopt(String name) throws DeviceException {
        requireOpen();
        var file = name + SUFFIX;
        var text = read(file);
        if (text.startsWith("Custodian-Key:")) {
            return;
        }
        try {
            var theirs = TpmKeyFile.parse(text);
            var parent = call(() -> connection.parentOf(theirs));
            try (var content = octets(new PinnedFile(parent, false, theirs))) {
                folder.replace(file, content);
            }
        } catch (MalformedException e) {
            throw damaged(file);
        }
    }

    Bytes sign(PinnedFile file, Scheme scheme, Bytes digest, @Nullable Secret pin)
            throws DeviceException {
        if (pin == null) {
            return call(() -> connection.load(file).sign(scheme, digest, null));
        }
        var _ = call(() -> connection.ready(file));
        return once(() -> connection.load(file).sign(scheme, digest, pin));
    }

    Bytes claim(PinnedFile file) throws DeviceException {
        return call(() -> connection.claim(file)).encode();
    }

    /// @param pin null when the key has none
    Bytes answer(PinnedFile file, Bytes challenge, @Nullable Secret pin) throws DeviceException {
        Challenge asked;
        try {
            asked = Challenge.decode(challenge);
        } catch (MalformedException e) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED, "It is not asked as a TPM is: " + e.getMessage());
        }
        return once(() -> connection.answer(file, asked, pin)).encode();
    }

    Lockout lockout() throws DeviceException {
        return call(() -> connection.tpm().lockout());
    }

    PinnedFile changePin(KeyUri uri, PinnedFile file, Secret pin, Secret newPin)
            throws DeviceException {
        var _ = call(() -> connection.ready(file));
        var changed = once(() -> connection.changePin(file, pin, newPin));
        try (var content = octets(changed)) {
            folder.replace(name(uri), content);
        }
        return changed;
    }

    @Override
    public List<KeyUri> list() throws DeviceException {
        requireOpen();
        return folder.names(SUFFIX).stream()
                .<KeyUri>map(name -> new KeyUri.TpmFile(folder.path(name + SUFFIX)))
                .toList();
    }

    /// Where the certificates of a key lie.
    CertificateFile certificates(KeyUri uri, PublicKey key) throws DeviceException {
        requireOpen();
        return new CertificateFile(folder, certificates(name(uri)), key);
    }

    private static String certificates(String name) {
        return name.substring(0, name.length() - SUFFIX.length()) + CERTIFICATES;
    }

    @Override
    public void delete(KeyUri uri) throws DeviceException {
        requireOpen();
        var name = name(uri);
        if (!folder.delete(name)) {
            throw new DeviceException(
                    DeviceFailure.KEY_UNKNOWN, folder.path(name) + " is missing.");
        }
        var _ = folder.delete(certificates(name));
    }

    @Override
    public Bytes seal(String purpose, Secret content) throws DeviceException {
        requireOpen();
        if (content.size() > LONGEST_SECRET) {
            throw new IllegalArgumentException("a secret that is too long");
        }
        var name = SoftwareStore.purpose(purpose).getBytes(StandardCharsets.US_ASCII);
        var octets = new byte[AesGcm.KEY];
        random.nextBytes(octets);
        try (var key = Secret.owning(octets)) {
            var file = call(() -> connection.seal(key)).text().getBytes(StandardCharsets.US_ASCII);
            var head =
                    ByteBuffer.allocate(SEALED.length + 2 + file.length)
                            .put(SEALED)
                            .putShort((short) file.length)
                            .put(file)
                            .array();
            return Bytes.of(AesGcm.seal(head, name, key, content, random));
        }
    }

    @Override
    public Secret unseal(String purpose, Bytes sealed) throws DeviceException {
        requireOpen();
        var name = SoftwareStore.purpose(purpose).getBytes(StandardCharsets.US_ASCII);
        var octets = sealed.toArray();
        int begin = SEALED.length + 2;
        int size =
                octets.length < begin
                                || !Arrays.equals(Arrays.copyOf(octets, SEALED.length), SEALED)
                        ? -1
                        : Short.toUnsignedInt(ByteBuffer.wrap(octets).getShort(SEALED.length));
        if (size < 0 || octets.length - begin - AesGcm.OVERHEAD < size) {
            throw changed();
        }
        try {
            var text = new String(octets, begin, size, StandardCharsets.ISO_8859_1);
            var file = PinnedFile.parse(text);
            if (file.file().kind() != TpmKeyFile.Kind.SEALED) {
                throw changed();
            }
            requireOpen();
            Secret unsealed =
                    thread.call(() -> connection.run(() -> connection.unseal(file)), Secret::close);
            try (var key = unsealed) {
                if (key.size() != AesGcm.KEY) {
                    throw changed();
                }
                return AesGcm.open(octets, begin + size, name, key);
            }
        } catch (MalformedException | GeneralSecurityException e) {
            throw changed();
        }
    }

    private static DeviceException changed() {
        return new DeviceException(
                DeviceFailure.KEY_DAMAGED, "It was changed, or sealed for another purpose.");
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            thread.end(connection::close);
        }
    }

    @Override
    public String toString() {
        return label().toString();
    }
}
