package dev.custodian.device.jca;

import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.StoreSource;
import java.nio.file.Path;
import java.security.InvalidParameterException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which stores a [DeviceProvider] was told to offer, as one word of a command line: `tpm:FOLDER`,
/// `login:FOLDER`, `software:FOLDER`, `card`, with commas between them.
record Places(List<String> each) {
    private static final String SOFTWARE = "software:";

    Places {
        each = List.copyOf(each);
    }

    /// @throws InvalidParameterException when it is not of that form
    static Places parse(String text) {
        var each = List.of(text.split(",", -1));
        for (var one : each) {
            if (!one.equals("card") && !one.matches("(tpm|login|software):.+")) {
                throw new InvalidParameterException(
                        "not tpm:FOLDER, login:FOLDER, software:FOLDER or card: " + one);
            }
        }
        return new Places(each);
    }

    /// Opens them all: one that cannot be used is not left out in silence.
    ///
    /// @param password the passphrase of a folder of software keys
    DeviceKeyStoreSpi.Opened open(@Nullable Secret password) throws DeviceException {
        var stores = new ArrayList<DeviceStore>();
        DeviceStore passphrase = null;
        try {
            for (var one : each) {
                var store = source(one, password).opening().open();
                stores.add(store);
                if (one.startsWith(SOFTWARE)) {
                    passphrase = store;
                }
            }
            return new DeviceKeyStoreSpi.Opened(stores, passphrase, true);
        } catch (DeviceException e) {
            stores.forEach(DeviceStore::close);
            throw e;
        }
    }

    private static StoreSource source(String place, @Nullable Secret password)
            throws DeviceException {
        var folder = Path.of(place.substring(place.indexOf(':') + 1));
        if (place.equals("card")) {
            return StoreSource.card(null);
        }
        if (place.startsWith("tpm:")) {
            return StoreSource.tpm(folder);
        }
        if (place.startsWith("login:")) {
            return StoreSource.login(folder);
        }
        if (password == null || password.size() == 0) {
            throw new DeviceException(DeviceFailure.STORE_SEALED);
        }
        return StoreSource.software(folder, password);
    }
}
