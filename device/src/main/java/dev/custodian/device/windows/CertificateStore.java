package dev.custodian.device.windows;

import dev.custodian.core.Bytes;
import java.io.IOException;
import java.util.List;

/// The certificates that programs of this user choose from, and the issuers that they find by
/// themselves; of both only what is ours. What others put there is neither told nor changed.
public interface CertificateStore {
    /// The provider through which programs reach our keys. Whatever names it is ours.
    String PROVIDER = "Custodian Key Storage Provider";

    /// A certificate, and which key goes with it.
    ///
    /// @param certificate in DER
    /// @param key the key's name at our provider; ours whatever it says
    /// @param name what lists of certificates show
    record Entry(Bytes certificate, String key, String name) {}

    /// Our certificates.
    List<Entry> list() throws IOException;

    /// Adds one, in place of ours with the same certificate if there is one.
    ///
    /// @return whether it did: not where somebody else put the same certificate there
    boolean add(Entry entry) throws IOException;

    /// Removes one of ours, if it is there.
    void remove(Bytes certificate) throws IOException;

    /// The issuers, in DER, that were added by [#addIssuer].
    List<Bytes> issuers() throws IOException;

    /// Adds an intermediate issuer, among those that nobody trusts for being there.
    ///
    /// @return whether it did: not where it was there already
    boolean addIssuer(Bytes certificate) throws IOException;

    /// Removes an issuer that was added by [#addIssuer], if it is there.
    void removeIssuer(Bytes certificate) throws IOException;
}
