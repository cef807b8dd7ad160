package dev.custodian.device.jca;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.CertificateHolding;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeyUri;
import dev.custodian.device.PinProtected;
import dev.custodian.device.StoreKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.SecureRandom;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a [DeviceKeyStore] is made of.
final class DeviceKeyStoreSpi extends KeyStoreSpi {
    /// Finds the stores.
    interface Finding {
        /// Opens them.
        ///
        /// @param password what the caller gave; null for none. Closed by who calls this.
        Opened stores(@Nullable Secret password) throws DeviceException;
    }

    /// Stores that were opened, and are closed when nobody can use them any more.
    ///
    /// @param passphrase the one that the password opened; null when it opened none
    record Opened(List<DeviceStore> stores, @Nullable DeviceStore passphrase, boolean closes) {
        Opened {
            stores = List.copyOf(stores);
        }

        /// Somebody else's.
        static Opened lent(List<DeviceStore> stores) {
            return new Opened(stores, null, false);
        }

        private void close() {
            if (closes) {
                stores.forEach(DeviceStore::close);
            }
        }
    }

    private static final Cleaner CLEANER = Cleaner.create();

    private static final Duration DAY = Duration.ofDays(1);

    private final Finding finding;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private final SpentPasswords spent = new SpentPasswords(random);

    /// What closes the stores of before.
    private Cleaner.@Nullable Cleanable loaded;

    DeviceKeyStoreSpi(Finding finding) {
        this.finding = finding;
    }

    private static final class Entry {
        private final DeviceStore store;
        private final KeyUri uri;
        private final @Nullable LentKey key;
        private final String failure;
        private List<X509Certificate> chain = List.of();

        private Entry(DeviceStore store, KeyUri uri, @Nullable LentKey key, String failure) {
            this.store = store;
            this.uri = uri;
            this.key = key;
            this.failure = failure;
        }
    }

    @Override
    public void engineLoad(@Nullable InputStream stream, char @Nullable [] password)
            throws IOException {
        if (stream != null) {
            throw new IOException("device keys are in no file: give NONE");
        }
        unload();
        try (var given = password == null ? null : secret(password)) {
            var opened = finding.stores(given);
            var use = new Object();
            loaded = CLEANER.register(use, opened::close);
            if (given != null && opened.passphrase() != null) {
                spent.on(given, opened.passphrase());
            }
            list(opened, use);
        } catch (DeviceException e) {
            unload();
            throw new IOException(e.sentences(), e);
        }
    }

    private void unload() {
        entries.clear();
        spent.clear();
        var before = loaded;
        loaded = null;
        if (before != null) {
            before.clean();
        }
    }

    private void list(Opened opened, Object use) throws DeviceException {
        for (var store : opened.stores()) {
            for (var uri : store.list()) {
                var alias = name(uri);
                entries.put(
                        entries.containsKey(alias) ? uri.text() : alias, entry(store, uri, use));
            }
        }
    }

    private static Entry entry(DeviceStore store, KeyUri uri, Object use) {
        try {
            return new Entry(store, uri, new LentKey(store.open(uri), use), "");
        } catch (DeviceException e) {
            // it is there, and who wants to use it is told why it can not be
            return new Entry(store, uri, null, e.sentences());
        }
    }

    private static String name(KeyUri uri) {
        return switch (uri) {
            case KeyUri.SoftwareFile(var path) -> name(path);
            case KeyUri.TpmFile(var path) -> name(path);
            case KeyUri.PivSlot slot -> slot.slot();
        };
    }

    private static String name(Path path) {
        var file = String.valueOf(path.getFileName());
        return file.substring(0, file.lastIndexOf('.'));
    }

    private static Secret secret(char[] password) {
        var octets = new byte[4 * password.length];
        var encoded = ByteBuffer.wrap(octets);
        var _ =
                StandardCharsets.UTF_8
                        .newEncoder()
                        .encode(CharBuffer.wrap(password), encoded, true);
        try {
            return Secret.copyOf(octets, 0, encoded.position());
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    private @Nullable Entry find(String alias) {
        var named = entries.get(alias);
        if (named != null) {
            return named;
        }
        for (var entry : entries.values()) {
            if (entry.uri.text().equals(alias)) {
                return entry;
            }
        }
        return null;
    }

    @Override
    public @Nullable Key engineGetKey(String alias, char @Nullable [] password)
            throws UnrecoverableKeyException {
        var entry = find(alias);
        if (entry == null) {
            return null;
        }
        var key = entry.key;
        if (key == null) {
            throw new UnrecoverableKeyException(entry.failure);
        }
        var guard = key.ability(PinProtected.class);
        if (guard.isPresent() && password != null && password.length > 0) {
            unlock(entry.store, guard.get(), password);
        }
        return DevicePrivateKey.of(key);
    }

    /// Whoever asks for all keys with one password, as key managers do, spends at most one try of
    /// one store, and never the last.
    private void unlock(DeviceStore store, PinProtected guard, char[] password)
            throws UnrecoverableKeyException {
        try (var pin = secret(password)) {
            var state = guard.pinState();
            if (!state.needed()) {
                return;
            }
            spent.require(pin, store);
            if (state.triesLeft() <= 1) {
                throw new UnrecoverableKeyException(lastTry(store, state));
            }
            spent.on(pin, store);
            guard.unlock(pin, new PinProtected.PinPolicy.Session());
            spent.right(store);
        } catch (DeviceException e) {
            throw new UnrecoverableKeyException(e.sentences() + " " + e.failure().nextStep());
        }
    }

    private static String lastTry(DeviceStore store, PinProtected.PinState state) {
        return "Nothing was tried: "
                + store.label()
                + " has "
                + (state.triesLeft() == 0 ? "no try" : "one try")
                + " left for its PIN. "
                + (store.label().kind() == StoreKind.TPM
                        ? "Wait until tries come back ("
                                + state.sentence()
                                + "), or have the TPM's owner reset them (tpm2_dictionarylockout"
                                + " -c)."
                        : "The card's own tool takes a right PIN, which brings all tries back, or"
                                + " unblocks it by the PUK (ykman piv access unblock-pin,"
                                + " yubico-piv-tool -a unblock-pin).");
    }

    private List<X509Certificate> chain(Entry entry) {
        var key = entry.key;
        if (entry.chain.isEmpty() && key != null) {
            try {
                var holding = key.ability(CertificateHolding.class);
                var kept =
                        holding.isPresent()
                                ? holding.get().certificates()
                                : List.<X509Certificate>of();
                entry.chain = kept.isEmpty() ? List.of(ofToday(entry.uri, key)) : kept;
            } catch (DeviceException e) {
                // it has none, and cannot sign one: its PIN was not given yet
                return List.of();
            }
        }
        return entry.chain;
    }

    private X509Certificate ofToday(KeyUri uri, DeviceKey key) throws DeviceException {
        var now = Instant.now();
        return DeviceCertificates.selfSigned(key, name(uri), now.minus(DAY), now.plus(DAY), random);
    }

    @Override
    public Certificate @Nullable [] engineGetCertificateChain(String alias) {
        var entry = find(alias);
        var chain = entry == null ? List.<X509Certificate>of() : chain(entry);
        return chain.isEmpty() ? null : chain.toArray(Certificate[]::new);
    }

    @Override
    public @Nullable Certificate engineGetCertificate(String alias) {
        var chain = engineGetCertificateChain(alias);
        return chain == null ? null : chain[0];
    }

    /// When its certificate began: when the key was made nobody says.
    @Override
    public @Nullable Date engineGetCreationDate(String alias) {
        var entry = find(alias);
        if (entry == null) {
            return null;
        }
        var chain = chain(entry);
        return chain.isEmpty() ? Date.from(Instant.EPOCH) : chain.getFirst().getNotBefore();
    }

    @Override
    public void engineSetKeyEntry(
            String alias,
            Key key,
            char @Nullable [] password,
            Certificate @Nullable [] certificates)
            throws KeyStoreException {
        var entry = find(alias);
        if (entry == null
                || entry.key == null
                || !(key instanceof DevicePrivateKey ours)
                || !ours.key().uri().equals(entry.uri)) {
            throw new KeyStoreException("a device key is made where it stays: none comes in");
        }
        var chain = new ArrayList<X509Certificate>();
        for (var one : certificates == null ? new Certificate[0] : certificates) {
            if (!(one instanceof X509Certificate certificate)) {
                throw new KeyStoreException("not an X.509 certificate");
            }
            chain.add(certificate);
        }
        try {
            entry.key
                    .ability(CertificateHolding.class)
                    .orElseThrow(() -> new KeyStoreException("it keeps no certificates"))
                    .keep(chain);
            entry.chain = List.copyOf(chain);
        } catch (DeviceException e) {
            throw new KeyStoreException(e.sentences(), e);
        } catch (IllegalArgumentException e) {
            throw new KeyStoreException("the certificate is not of this key", e);
        }
    }

    @Override
    public void engineSetKeyEntry(String alias, byte[] key, Certificate @Nullable [] certificates)
            throws KeyStoreException {
        throw new KeyStoreException("a device key is made where it stays: none comes in");
    }

    @Override
    public void engineSetCertificateEntry(String alias, Certificate certificate)
            throws KeyStoreException {
        throw new KeyStoreException("certificates lie beside their keys only");
    }

    /// Deletes the key for ever.
    @Override
    public void engineDeleteEntry(String alias) throws KeyStoreException {
        var entry = find(alias);
        if (entry == null) {
            return;
        }
        try {
            if (entry.key != null) {
                entry.key.close();
            }
            entry.store.delete(entry.uri);
            entries.values().remove(entry);
        } catch (DeviceException e) {
            throw new KeyStoreException(e.sentences(), e);
        }
    }

    @Override
    public Enumeration<String> engineAliases() {
        return Collections.enumeration(List.copyOf(entries.keySet()));
    }

    @Override
    public boolean engineContainsAlias(String alias) {
        return find(alias) != null;
    }

    @Override
    public int engineSize() {
        return entries.size();
    }

    @Override
    public boolean engineIsKeyEntry(String alias) {
        return find(alias) != null;
    }

    @Override
    public boolean engineIsCertificateEntry(String alias) {
        return false;
    }

    @Override
    public @Nullable String engineGetCertificateAlias(Certificate certificate) {
        var sought = Bytes.of(certificate.getPublicKey().getEncoded());
        for (var one : entries.entrySet()) {
            var key = one.getValue().key;
            if (key != null && Bytes.of(key.publicKey().getEncoded()).equals(sought)) {
                return one.getKey();
            }
        }
        return null;
    }

    /// All is kept already.
    @Override
    public void engineStore(@Nullable OutputStream stream, char @Nullable [] password)
            throws IOException {
        if (stream != null) {
            throw new IOException("device keys are in no file: give NONE");
        }
    }
}
