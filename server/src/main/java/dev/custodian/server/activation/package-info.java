/// Turns an intent and factors into an authorization (DESIGN §5); the only code that sees PIN and
/// share.
@NullMarked
package dev.custodian.server.activation;

import org.jspecify.annotations.NullMarked;
