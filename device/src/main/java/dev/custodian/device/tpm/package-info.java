/// A client of TPM 2.0 for keys that sign and secrets that are sealed: transport, codec, sessions,
/// keys. Names and clauses are those of the TCG's TPM 2.0 Library specification, "Part 1" to "Part
/// 3". Big-endian throughout.
///
/// ```java
/// try (var tpm = new Tpm(DeviceFile.open(DeviceFile.MANAGED));
///         var storage = TpmStorage.preferred(tpm, new SecureRandom())) {
///     TpmKeyFile file = storage.create(KeyAlgorithm.P256, pin);
///     try (var key = storage.load(file)) {
///         Bytes signature = key.sign(Scheme.ECDSA_SHA256, digest, pin);
///     }
/// }
/// ```
@NullMarked
package dev.custodian.device.tpm;

import org.jspecify.annotations.NullMarked;
