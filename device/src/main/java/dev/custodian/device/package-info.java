/// Keys that cannot leave this machine, in whatever it has: a TPM, a smart card, or else a file
/// under a passphrase or for the user's login; and shares beside them. Usable alone.
///
/// ```java
/// try (var keys = DeviceKeys.of(List.of(StoreSource.tpm(folder), StoreSource.software(folder, typed)));
///         var key = keys.best().store().create(new KeySpec("work", KeyType.P256))) {
///     System.out.println(key.uri() + ": " + keys.best().sentence());
///     Bytes signature = key.sign(Scheme.ECDSA_SHA256, digest);
/// }
/// ```
@NullMarked
package dev.custodian.device;

import org.jspecify.annotations.NullMarked;
