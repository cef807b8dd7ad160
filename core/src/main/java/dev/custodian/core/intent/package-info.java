/// The intent: exactly what is to be signed, as the owner approves it (FORMATS §1).
@NullMarked
package dev.custodian.core.intent;

import org.jspecify.annotations.NullMarked;
