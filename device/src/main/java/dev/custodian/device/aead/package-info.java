/// Sealing with AES-256-GCM. Not for others: no export.
@NullMarked
package dev.custodian.device.aead;

import org.jspecify.annotations.NullMarked;
