package dev.custodian.agent.session;

import dev.custodian.client.TlsIdentity;
import dev.custodian.core.Refused;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.jca.DeviceCertificates;
import dev.custodian.device.jca.DeviceIdentity;
import dev.custodian.device.jca.DevicePrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.X509ExtendedKeyManager;

/// A device key as TLS shows it. Signs where [dev.custodian.device.jca.DeviceProvider] was added.
///
/// @param told gives a failure of the key in the words of the product
record ShownDevice(DeviceKey key, Function<DeviceException, Refused> told) implements TlsIdentity {
    private static final String NAME = "Custodian device";

    /// "No well-defined expiration date" (RFC 5280 §4.1.2.5).
    private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

    /// Its times tell nothing of this machine.
    @Override
    public X509Certificate certify() throws Refused {
        try {
            return DeviceCertificates.selfSigned(
                    key, NAME, Instant.EPOCH, NEVER, new SecureRandom());
        } catch (DeviceException e) {
            throw told.apply(e);
        }
    }

    @Override
    public X509ExtendedKeyManager with(X509Certificate certificate) {
        return new DeviceIdentity(DevicePrivateKey.of(key), certificate);
    }

    @Override
    public Optional<Refused> refusal(Throwable cause) {
        return cause instanceof DeviceException why
                ? Optional.of(told.apply(why))
                : Optional.empty();
    }
}
