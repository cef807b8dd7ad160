/// A client of PIV smart cards for keys that sign, over PC/SC: readers, commands, the card. Names
/// and clauses are those of NIST SP 800-73-4 Part 2 and ISO/IEC 7816-4; what only some cards have
/// was defined by Yubico.
///
/// ```java
/// try (var connection = CardReader.all().getFirst().connect()) {
///     var card = new PivCard(connection, new SecureRandom());
///     PivKey key = card.key(Slot.AUTHENTICATION);
///     Bytes signature = card.sign(key, Scheme.ECDSA_SHA256, digest, pin);
/// }
/// ```
@NullMarked
package dev.custodian.device.piv;

import org.jspecify.annotations.NullMarked;
