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
public final class DeviceKeyStore {
    /// What `KeyStore.getInstance` knows it by.
    public static final String TYPE = "CustodianDevice";

    private DeviceKeyStore() {}

    /// The keys that these stores have now.
    ///
    /// @param stores not closed with this; their keys sign for as long as they are open
    public static KeyStore of(List<DeviceStore> stores) {
        var all = List.copyOf(stores);
        var loaded = new Loaded(new DeviceKeyStoreSpi(_ -> all), new DeviceProvider());
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
