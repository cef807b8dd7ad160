package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A TPM's storage key, and what is kept under it: keys that sign, and sealed secrets. The parent
/// of a file is made anew from the TPM's owner seed each time, so nothing of ours stays in the TPM;
/// a cleared TPM makes another one.
///
/// A PIN is its own `authValue`, as other programs have it: 1 to 32 octets, the last not 0. The TPM
/// counts wrong ones, see [Lockout]. It crosses the bus under a key that only this parent can know,
/// so a caller who saw the parent's Name once compares [#name] before he sends a PIN.
public final class TpmStorage implements AutoCloseable {
    /// Most octets of a secret that a TPM seals (Part 2 §12.2.3.9, `MAX_SYM_DATA`).
    public static final int LONGEST_SECRET = 128;

    /// Where a TPM's provisioning leaves a storage key for all (TCG TPM v2.0 Provisioning Guidance
    /// §7.8).
    static final int PERSISTENT = 0x81000001;

    private static final int LONGEST_PIN = 32;
    private static final int LONGEST_PRIVATE = 2048;
    private static final int STORAGE =
            Alg.FIXED_TPM
                    | Alg.FIXED_PARENT
                    | Alg.SENSITIVE_DATA_ORIGIN
                    | Alg.USER_WITH_AUTH
                    | Alg.RESTRICTED
                    | Alg.DECRYPT;
    private static final int OURS = Alg.FIXED_TPM | Alg.FIXED_PARENT | Alg.USER_WITH_AUTH;

    /// The template "H-2": ECC P-256 with nothing in `unique`, as OpenSSL's provider and others
    /// regenerate it.
    private static final TpmPublic TEMPLATE =
            new TpmPublic(
                    HashAlgorithm.SHA256,
                    STORAGE | Alg.NO_DA,
                    Bytes.EMPTY,
                    new TpmPublic.Ecc(
                            TpmPublic.Symmetric.AES_128_CFB,
                            TpmPublic.AsymScheme.NONE,
                            Alg.P256,
                            Bytes.EMPTY,
                            Bytes.EMPTY));

    private final Tpm tpm;
    private final int parent;
    private final Command.Entity entity;
    private final TpmPublic area;
    private final SecureRandom random;

    private TpmStorage(Tpm tpm, int parent, int handle, TpmPublic area, SecureRandom random) {
        this.tpm = tpm;
        this.parent = parent;
        this.entity = Command.Entity.of(handle, area);
        this.area = area;
        this.random = random;
    }

    /// The persistent storage key where there is one that fits, else the primary one of the owner.
    public static TpmStorage preferred(Tpm tpm, SecureRandom random) throws IOException {
        var area = tpm.readPublic(PERSISTENT);
        return area != null && isStorageKey(area)
                ? new TpmStorage(tpm, PERSISTENT, PERSISTENT, area, random)
                : primary(tpm, random);
    }

    /// The same, for a caller who knows the parent.
    ///
    /// @param name see [#name]
    /// @throws TpmException `ANOTHER_PARENT` when it has another Name
    public static TpmStorage preferred(Tpm tpm, SecureRandom random, Bytes name)
            throws IOException {
        return pinned(preferred(tpm, random), name);
    }

    /// The parent that a file names, for a caller who knows it.
    ///
    /// @param name see [#name]
    /// @throws TpmException `ANOTHER_PARENT` when it has another Name; `HANDLE` when this TPM has
    ///   it not
    public static TpmStorage of(TpmKeyFile file, Tpm tpm, SecureRandom random, Bytes name)
            throws IOException {
        return pinned(of(file, tpm, random), name);
    }

    private static TpmStorage pinned(TpmStorage storage, Bytes name) throws IOException {
        if (!storage.name().equals(name)) {
            storage.close();
            throw TpmException.anotherParent();
        }
        return storage;
    }

    /// The parent that a file names.
    ///
    /// @throws TpmException `HANDLE` when this TPM has it not
    public static TpmStorage of(TpmKeyFile file, Tpm tpm, SecureRandom random) throws IOException {
        if (file.parent() == Alg.OWNER) {
            return primary(tpm, random);
        }
        var area = tpm.readPublic(file.parent());
        if (area == null || !isStorageKey(area)) {
            throw TpmException.absent(CommandCode.READ_PUBLIC, file.parent());
        }
        return new TpmStorage(tpm, file.parent(), file.parent(), area, random);
    }

    private static boolean isStorageKey(TpmPublic area) {
        return area.has(STORAGE)
                && switch (area.kind()) {
                    case TpmPublic.Ecc ecc -> ecc.curve() == Alg.P256 || ecc.curve() == Alg.P384;
                    case TpmPublic.Rsa rsa -> rsa.bits() == 2048 || rsa.bits() == 3072;
                    case TpmPublic.KeyedHash _ -> false;
                };
    }

    private static TpmStorage primary(Tpm tpm, SecureRandom random) throws IOException {
        return primary(
                tpm,
                Alg.OWNER,
                TEMPLATE,
                (handle, area) -> new TpmStorage(tpm, Alg.OWNER, handle, area, random));
    }

    /// Makes something of a primary key that is now loaded.
    interface Primary<T> {
        T of(int handle, TpmPublic area);
    }

    /// A primary storage key (Part 3 §24.1); whoever has it flushes it.
    static <T> T primary(Tpm tpm, int hierarchy, TpmPublic template, Primary<? extends T> made)
            throws IOException {
        var parameters =
                new TpmWriter()
                        .sized(new TpmWriter().u16(0).u16(0).bytes())
                        .sized(template.encode())
                        .sized(Bytes.EMPTY)
                        .u32(0);
        return tpm.run(
                Command.of(CommandCode.CREATE_PRIMARY, parameters, Command.Entity.of(hierarchy)),
                new Authorization.NoSecret(),
                (handle, in) -> {
                    var area = TpmPublic.decode(in.sized("public", TpmTransport.LONGEST));
                    skipCreation(in);
                    var name = in.sized("name", TpmTransport.LONGEST);
                    in.require(name.equals(area.name()), "another Name");
                    in.require(
                            hierarchy == Alg.ENDORSEMENT || isStorageKey(area), "no storage key");
                    return made.of(handle, area);
                });
    }

    /// Creation data, hash and ticket.
    private static void skipCreation(TpmReader in) throws MalformedException {
        var _ = in.sized("creation data", TpmTransport.LONGEST);
        var _ = in.sized("creation hash", TpmTransport.LONGEST);
        var _ = in.u16("ticket");
        var _ = in.u32("hierarchy");
        var _ = in.sized("ticket's digest", TpmTransport.LONGEST);
    }

    /// The Name of the parent key: another one means another TPM, or one that was cleared.
    public Bytes name() {
        return entity.name();
    }

    /// Whether it is one of the two that [#preferred] gives: not one that some program left in the
    /// TPM, and may take out again with all that is below.
    public boolean isCommon() {
        return isCommon(parent);
    }

    /// The same for what a [TpmKeyFile] names.
    public static boolean isCommon(int parent) {
        return parent == Alg.OWNER || parent == PERSISTENT;
    }

    /// What a [TpmKeyFile] names it by: the owner's hierarchy, or its own handle.
    public int handle() {
        return parent;
    }

    /// Makes a key that signs, and leaves nothing of it in the TPM.
    ///
    /// @param pin null for none
    public TpmKeyFile create(KeyAlgorithm algorithm, @Nullable Secret pin) throws IOException {
        var kind =
                switch (algorithm) {
                    case P256 -> ecc(Alg.P256);
                    case P384 -> ecc(Alg.P384);
                    case RSA_2048, RSA_3072 ->
                            new TpmPublic.Rsa(
                                    TpmPublic.Symmetric.NONE,
                                    TpmPublic.AsymScheme.NONE,
                                    algorithm.bits(),
                                    0,
                                    Bytes.EMPTY);
                    case RSA_4096, P521 ->
                            throw new IllegalArgumentException("no TPM has to have " + algorithm);
                };
        return create(
                TpmKeyFile.Kind.LOADABLE, Alg.SENSITIVE_DATA_ORIGIN | Alg.SIGN, kind, pin, null);
    }

    private static TpmPublic.Ecc ecc(int curve) {
        return new TpmPublic.Ecc(
                TpmPublic.Symmetric.NONE,
                TpmPublic.AsymScheme.NONE,
                curve,
                Bytes.EMPTY,
                Bytes.EMPTY);
    }

    /// Seals a secret of 1 to [#LONGEST_SECRET] octets.
    ///
    /// @param pin null for none
    public TpmKeyFile seal(Secret content, @Nullable Secret pin) throws IOException {
        if (content.size() < 1 || content.size() > LONGEST_SECRET) {
            throw new IllegalArgumentException("a secret not of 1 to 128 octets");
        }
        var kind = new TpmPublic.KeyedHash(TpmPublic.AsymScheme.NONE, Bytes.EMPTY);
        return create(TpmKeyFile.Kind.SEALED, 0, kind, pin, content);
    }

    /// Part 3 §12.1, with PIN and content encrypted.
    private TpmKeyFile create(
            TpmKeyFile.Kind kind,
            int attributes,
            TpmPublic.Kind template,
            @Nullable Secret pin,
            @Nullable Secret content)
            throws IOException {
        requirePin(pin);
        var area =
                new TpmPublic(
                        HashAlgorithm.SHA256,
                        OURS | attributes | (pin == null ? Alg.NO_DA : 0),
                        Bytes.EMPTY,
                        template);
        try (var session = session(null, TpmSession.DECRYPT)) {
            return tpm.run(
                    Command.of(CommandCode.CREATE, creation(area, pin, content), entity),
                    session,
                    (_, in) -> {
                        var blob = in.sized("private", LONGEST_PRIVATE);
                        var made = TpmPublic.decode(in.sized("public", TpmTransport.LONGEST));
                        skipCreation(in);
                        in.require(made.attributes() == area.attributes(), "other attributes");
                        return new TpmKeyFile(kind, pin == null, parent, made, blob);
                    });
        }
    }

    private static TpmWriter creation(
            TpmPublic area, @Nullable Secret pin, @Nullable Secret content) {
        var sensitive = new TpmWriter();
        sized(sensitive, pin);
        sized(sensitive, content);
        var octets = sensitive.toArray();
        sensitive.wipe();
        var parameters = new TpmWriter().sized(octets);
        Arrays.fill(octets, (byte) 0);
        return parameters.sized(area.encode()).sized(Bytes.EMPTY).u32(0);
    }

    private static void sized(TpmWriter out, @Nullable Secret secret) {
        if (secret == null) {
            out.u16(0);
        } else {
            out.sized(secret.expose());
        }
    }

    private static void requirePin(@Nullable Secret pin) {
        if (pin != null
                && (pin.size() < 1
                        || pin.size() > LONGEST_PIN
                        || pin.expose()[pin.size() - 1] == 0)) {
            throw new IllegalArgumentException(
                    "a PIN not of 1 to 32 octets that end in another than 0");
        }
    }

    TpmSession session(@Nullable Secret authValue, int attributes) throws IOException {
        return TpmSession.start(tpm, entity, area, authValue, attributes, random);
    }

    Tpm tpm() {
        return tpm;
    }

    /// Loads a key (Part 3 §12.2).
    ///
    /// @throws TpmException `INTEGRITY` when it is another TPM's
    public TpmKey load(TpmKeyFile file) throws IOException {
        var parameters = new TpmWriter().sized(file.sensitive()).sized(file.area().encode());
        var loaded =
                tpm.run(
                        Command.of(CommandCode.LOAD, parameters, entity),
                        new Authorization.NoSecret(),
                        (handle, in) ->
                                new Command.Entity(handle, in.sized("name", TpmTransport.LONGEST)));
        if (!loaded.name().equals(file.area().name())) {
            tpm.flush(loaded.handle());
            throw TpmException.forged(CommandCode.LOAD, "another Name");
        }
        return new TpmKey(this, loaded, file.area());
    }

    /// Opens what was sealed; the caller closes it.
    ///
    /// @param pin null for none
    public Secret unseal(TpmKeyFile file, @Nullable Secret pin) throws IOException {
        requirePin(pin);
        try (var key = load(file)) {
            return key.unseal(pin);
        }
    }

    /// Gives a key or secret that has a PIN another one (Part 3 §12.8). The former file keeps
    /// opening with the former PIN: the caller has to replace it.
    public TpmKeyFile changePin(TpmKeyFile file, Secret pin, Secret newPin) throws IOException {
        requirePin(pin);
        requirePin(newPin);
        if (file.emptyAuth()) {
            throw new IllegalArgumentException("guesses of its PIN would not be counted");
        }
        try (var key = load(file)) {
            var blob = key.changeAuth(entity, pin, newPin);
            return new TpmKeyFile(file.kind(), false, parent, file.area(), blob);
        }
    }

    @Override
    public void close() throws IOException {
        if (parent == Alg.OWNER) {
            tpm.flush(entity.handle());
        }
    }
}
