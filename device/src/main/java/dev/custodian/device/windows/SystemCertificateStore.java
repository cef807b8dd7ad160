package dev.custodian.device.windows;

import dev.custodian.core.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// The stores `MY` and `CA` of the current user in the registry of Windows; never `ROOT`.
public final class SystemCertificateStore implements CertificateStore {
    private static final String MY = "MY";
    private static final String CA = "CA";

    /// The friendly name that marks the issuers that we added.
    private static final String ISSUER = "Custodian: issuer";

    /// A store that goes on longer has no end.
    private static final int MOST = 100_000;

    private final Crypt32 crypt;

    private SystemCertificateStore(Crypt32 crypt) {
        this.crypt = crypt;
    }

    /// What this system has; null for none.
    public static @Nullable SystemCertificateStore here() {
        try {
            return new SystemCertificateStore(new Crypt32());
        } catch (WindowsException e) {
            return null;
        }
    }

    private interface Work<T> {
        T with(long store) throws WindowsException;
    }

    private <T> T in(String name, Work<T> work) throws WindowsException {
        long store = crypt.open(name);
        try {
            return work.with(store);
        } finally {
            crypt.close(store);
        }
    }

    private interface Reading<T> {
        /// @return null to leave it out
        @Nullable T of(long context) throws WindowsException;
    }

    private <T> List<T> read(String name, Reading<T> reading) throws WindowsException {
        return in(
                name,
                store -> {
                    var all = new ArrayList<T>();
                    long context = crypt.next(store, 0);
                    for (int i = 0; context != 0; i++) {
                        try {
                            if (i == MOST) {
                                throw WindowsException.odd("CertEnumCertificatesInStore");
                            }
                            var one = reading.of(context);
                            if (one != null) {
                                all.add(one);
                            }
                        } catch (WindowsException e) {
                            crypt.free(context);
                            throw e;
                        }
                        context = crypt.next(store, context);
                    }
                    return all;
                });
    }

    @Override
    public List<Entry> list() throws WindowsException {
        return read(
                MY,
                context -> {
                    var info = crypt.keyInfo(context);
                    if (info == null || !info.provider().equals(PROVIDER)) {
                        return null;
                    }
                    var certificate = crypt.certificate(context);
                    return certificate == null
                            ? null
                            : new Entry(certificate, info.key(), crypt.friendlyName(context));
                });
    }

    private boolean isOurs(long context) {
        var info = crypt.keyInfo(context);
        return info != null && info.provider().equals(PROVIDER);
    }

    private boolean isOurIssuer(long context) {
        return crypt.friendlyName(context).equals(ISSUER);
    }

    @Override
    public boolean add(Entry entry) throws WindowsException {
        // Wine replaces a certificate, but not what is said of it.
        remove(entry.certificate());
        return with(
                MY,
                entry.certificate(),
                (store, context) -> {
                    crypt.setKeyInfo(context, new KeyInfo(entry.key(), PROVIDER));
                    crypt.setFriendlyName(context, entry.name());
                    return addNew(store, context);
                });
    }

    @Override
    public void remove(Bytes certificate) throws WindowsException {
        remove(MY, certificate, this::isOurs);
    }

    @Override
    public List<Bytes> issuers() throws WindowsException {
        return read(CA, context -> isOurIssuer(context) ? crypt.certificate(context) : null);
    }

    @Override
    public boolean addIssuer(Bytes certificate) throws WindowsException {
        return with(
                CA,
                certificate,
                (store, context) -> {
                    crypt.setFriendlyName(context, ISSUER);
                    return addNew(store, context);
                });
    }

    private boolean addNew(long store, long context) throws WindowsException {
        long there = crypt.find(store, context);
        if (there != 0) {
            crypt.free(there);
            return false;
        }
        crypt.addNew(store, context);
        return true;
    }

    @Override
    public void removeIssuer(Bytes certificate) throws WindowsException {
        remove(CA, certificate, this::isOurIssuer);
    }

    private void remove(String name, Bytes certificate, LongPredicate ours)
            throws WindowsException {
        var _ =
                with(
                        name,
                        certificate,
                        (store, context) -> {
                            long there = crypt.find(store, context);
                            if (there == 0) {
                                return false;
                            }
                            if (!ours.test(there)) {
                                crypt.free(there);
                                return false;
                            }
                            crypt.delete(there);
                            return true;
                        });
    }

    private interface Change {
        /// @return whether there is something to commit
        boolean of(long store, long context) throws WindowsException;
    }

    /// Changes a store with a context of this certificate that is in no store.
    private boolean with(String name, Bytes certificate, Change change) throws WindowsException {
        return in(
                name,
                store -> {
                    long context = crypt.create(certificate);
                    try {
                        boolean changed = change.of(store, context);
                        if (changed) {
                            crypt.commit(store);
                        }
                        return changed;
                    } finally {
                        crypt.free(context);
                    }
                });
    }
}
