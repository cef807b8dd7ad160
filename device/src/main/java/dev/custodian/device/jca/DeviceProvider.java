package dev.custodian.device.jca;

import dev.custodian.core.HashAlgorithm;
import java.security.KeyStoreSpi;
import java.security.Provider;
import java.security.SignatureSpi;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Signs with a [DevicePrivateKey], and with no other key: the JDK asks other providers then. To be
/// added once, `Security.addProvider(new DeviceProvider())`, wherever.
///
/// Told which stores there are, it offers their keys as a `KeyStore` of type [DeviceKeyStore#TYPE]
/// too, also to keytool:
///
/// ```sh
/// keytool -list -keystore NONE -storetype CustodianDevice -providerpath custodian-core.jar:custodian-device.jar \
///   -providerclass dev.custodian.device.jca.DeviceProvider -providerarg tpm:/home/mara/keys
/// ```
///
/// The argument is `tpm:FOLDER`, `login:FOLDER`, `software:FOLDER` or `card`, or several with
/// commas between them; the store's password is the passphrase of a folder, a key's password its
/// PIN.
public final class DeviceProvider extends Provider {
    public static final String NAME = "CustodianDevice";

    private static final long serialVersionUID = 1L;

    public DeviceProvider() {
        super(NAME, "1", "Signs with the device keys of Custodian");
        for (var hash : HashAlgorithm.values()) {
            var sha = hash.jca().replace("-", "");
            sign(sha + "withECDSA", () -> new DeviceSignature.Ecdsa(hash, true));
            sign(sha + "withECDSAinP1363Format", () -> new DeviceSignature.Ecdsa(hash, false));
            sign(sha + "withRSA", () -> new DeviceSignature.Rsa(hash));
        }
        sign("NONEwithECDSA", () -> new DeviceSignature.Ecdsa(null, true));
        sign("NONEwithECDSAinP1363Format", () -> new DeviceSignature.Ecdsa(null, false));
        sign("RSASSA-PSS", DeviceSignature.Pss::new);
        sign("Ed25519", DeviceSignature.Ed::new);
        sign("EdDSA", DeviceSignature.Ed::new);
    }

    private DeviceProvider(Places places) {
        this();
        putService(
                new Offer(
                        this,
                        "KeyStore",
                        DeviceKeyStore.TYPE,
                        KeyStoreSpi.class,
                        Map.of(),
                        () -> new DeviceKeyStoreSpi(places::open)));
    }

    /// One that offers the keys of stores.
    ///
    /// @param places as above
    /// @throws java.security.InvalidParameterException when it is not of that form
    @Override
    public Provider configure(String places) {
        return new DeviceProvider(Places.parse(places));
    }

    private void sign(String algorithm, Supplier<SignatureSpi> maker) {
        putService(
                new Offer(
                        this,
                        "Signature",
                        algorithm,
                        DeviceSignature.class,
                        Map.of("SupportedKeyClasses", DevicePrivateKey.class.getName()),
                        maker));
    }

    private static final class Offer extends Service {
        private final Supplier<?> maker;

        Offer(
                Provider provider,
                String type,
                String algorithm,
                Class<?> made,
                Map<String, String> attributes,
                Supplier<?> maker) {
            super(provider, type, algorithm, made.getName(), List.of(), attributes);
            this.maker = maker;
        }

        @Override
        public Object newInstance(Object parameter) {
            return maker.get();
        }
    }
}
