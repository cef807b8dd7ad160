package dev.custodian.device.jca;

import dev.custodian.core.HashAlgorithm;
import java.security.Provider;
import java.security.SignatureSpi;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Signs with a [DevicePrivateKey], and with no other key: the JDK asks other providers then. To be
/// added once, `Security.addProvider(new DeviceProvider())`, wherever.
public final class DeviceProvider extends Provider {
    public static final String NAME = "CustodianDevice";

    private static final long serialVersionUID = 1L;

    public DeviceProvider() {
        super(NAME, "1", "Signs with the device keys of Custodian");
        for (var hash : HashAlgorithm.values()) {
            var sha = hash.jca().replace("-", "");
            offer(sha + "withECDSA", () -> new DeviceSignature.Ecdsa(hash, true));
            offer(sha + "withECDSAinP1363Format", () -> new DeviceSignature.Ecdsa(hash, false));
            offer(sha + "withRSA", () -> new DeviceSignature.Rsa(hash));
        }
        offer("NONEwithECDSA", () -> new DeviceSignature.Ecdsa(null, true));
        offer("NONEwithECDSAinP1363Format", () -> new DeviceSignature.Ecdsa(null, false));
        offer("RSASSA-PSS", DeviceSignature.Pss::new);
        offer("Ed25519", DeviceSignature.Ed::new);
        offer("EdDSA", DeviceSignature.Ed::new);
    }

    private void offer(String algorithm, Supplier<SignatureSpi> maker) {
        putService(new Offer(this, algorithm, maker));
    }

    private static final class Offer extends Service {
        private final Supplier<SignatureSpi> maker;

        Offer(Provider provider, String algorithm, Supplier<SignatureSpi> maker) {
            super(
                    provider,
                    "Signature",
                    algorithm,
                    DeviceSignature.class.getName(),
                    List.of(),
                    Map.of("SupportedKeyClasses", DevicePrivateKey.class.getName()));
            this.maker = maker;
        }

        @Override
        public Object newInstance(Object parameter) {
            return maker.get();
        }
    }
}
