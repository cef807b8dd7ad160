package dev.custodian.device.jca;

import dev.custodian.core.Bytes;
import dev.custodian.device.CertificateHolding;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/// A device key with the certificate that lies beside it.
///
/// @param chain the certificate of the key, then those that vouch for it
public record HeldCertificate(DeviceKey key, List<X509Certificate> chain) {
    public HeldCertificate {
        chain = List.copyOf(chain);
        if (chain.isEmpty()
                || !Bytes.of(chain.getFirst().getPublicKey().getEncoded())
                        .equals(Bytes.of(key.publicKey().getEncoded()))) {
            throw new IllegalArgumentException("not the certificate of this key");
        }
    }

    /// The keys of a store that have a certificate; opened, and the caller closes them.
    ///
    /// @throws DeviceException when the keys cannot be listed; one that cannot be opened is left
    ///   out
    public static List<HeldCertificate> in(DeviceStore store) throws DeviceException {
        var held = new ArrayList<HeldCertificate>();
        for (var uri : store.list()) {
            try {
                var key = store.open(uri);
                var holding = key.ability(CertificateHolding.class);
                var chain =
                        holding.isPresent()
                                ? holding.get().certificates()
                                : List.<X509Certificate>of();
                if (chain.isEmpty()) {
                    key.close();
                } else {
                    held.add(new HeldCertificate(key, chain));
                }
            } catch (DeviceException e) {
                // it cannot be chosen: it cannot be used
            }
        }
        return held;
    }

    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /// Whether one of these vouches for it, directly or not.
    ///
    /// @param issuers empty for anybody
    public boolean isFrom(Collection<X500Principal> issuers) {
        return issuers.isEmpty()
                || chain.stream().anyMatch(one -> issuers.contains(one.getIssuerX500Principal()));
    }

    public boolean isValidAt(Instant time) {
        try {
            certificate().checkValidity(Date.from(time));
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    /// Those that are good for a purpose; what is valid longest comes first.
    ///
    /// @param issuers empty for anybody
    public static List<HeldCertificate> choose(
            List<HeldCertificate> atHand,
            CertificatePurpose purpose,
            Collection<X500Principal> issuers,
            Instant at) {
        return atHand.stream()
                .filter(one -> purpose.isAllowedBy(one.certificate()))
                .filter(one -> one.isFrom(issuers))
                .filter(one -> one.isValidAt(at))
                .sorted(
                        Comparator.comparing(
                                        (HeldCertificate one) -> one.certificate().getNotAfter())
                                .reversed())
                .toList();
    }
}
