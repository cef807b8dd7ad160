/// PKCS#11 modules (OASIS Cryptographic Token Interface, v2.40), called in this process. Knows
/// keys, objects and sessions, nothing of what they are for.
///
/// What a module answers is checked before it is used: counts, sizes, addresses that are null. Only
/// memory that a module overwrites beyond what it was given cannot be seen from here.
@NullMarked
package dev.custodian.server.vault.pkcs11;

import org.jspecify.annotations.NullMarked;
