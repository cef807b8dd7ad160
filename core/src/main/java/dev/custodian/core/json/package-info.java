/// Strict JSON for the formats that are signed or hashed as sent: one parser, one writer, no
/// choices.
@NullMarked
package dev.custodian.core.json;

import org.jspecify.annotations.NullMarked;
