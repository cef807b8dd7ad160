package dev.custodian.device.jca;

import dev.custodian.device.DeviceStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.util.List;

/// Stores of device keys as a `KeyStore`, for what takes its keys from one: `KeyManagerFactory`,
/// signers of documents. keytool has them by the type [#TYPE] of a [DeviceProvider].
///
/// An alias is the key's name, a card's slot, or the key's URI. Each key has a certificate: the one
/// that lies beside it, or else one that it signs itself whenever the `KeyStore` is loaded, for
/// this time only. Keys are made by their stores; here they get certificates, and are deleted.
///
/// A password that comes with a key is its PIN. Who asks for all keys with one password, as
/// `KeyManagerFactory` does, spends it on one store alone, and never as the last try: the
/// passphrase of a folder is no PIN of a TPM, nor is a TPM's one of a card.
///
/// Stores that a [DeviceProvider] opened are closed when the `KeyStore` is loaded again, or when
/// neither it nor any of its keys can be reached any more.
public final class DeviceKeyStore {
    /// What `KeyStore.getInstance` knows it by.
    public static final String TYPE = "CustodianDevice";

    private DeviceKeyStore() {}

    /// The keys that these stores have now.
    ///
    /// @param stores not closed with this; their keys sign for as long as they are open
    public static KeyStore of(List<DeviceStore> stores) {
        var all = List.copyOf(stores);
        var loaded =
                new Loaded(
                        new DeviceKeyStoreSpi(_ -> DeviceKeyStoreSpi.Opened.lent(all)),
                        new DeviceProvider());
        try {
            loaded.load(null, null);
            return loaded;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("a store that does not list its keys", e);
        }
    }

    private static final class Loaded extends KeyStore {
        private Loaded(DeviceKeyStoreSpi spi, Provider provider) {
            super(spi, provider, TYPE);
        }
    }
}
