package dev.custodian.device;

import java.security.cert.X509Certificate;
import java.util.List;

/// A key whose certificates lie beside it in its store.
public interface CertificateHolding {
    /// The certificate of the key, then those that vouch for it; empty for none.
    List<X509Certificate> certificates() throws DeviceException;

    /// Keeps other ones; the first has to be of this key.
    void keep(List<X509Certificate> certificates) throws DeviceException;
}
