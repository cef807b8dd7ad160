package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Origin;
import dev.custodian.server.store.InnerKey;

/// A new key as it leaves the vault: wrapped, with the request for its certificate.
///
/// @param key the private key as the vault wrapped it
/// @param origin where it was made
/// @param request PKCS#10, DER (RFC 2986), signed by the key
public record MadeKey(InnerKey key, Origin origin, Bytes request) {}
