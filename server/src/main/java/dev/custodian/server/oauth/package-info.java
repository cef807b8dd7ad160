/// Tokens for enrolled devices, bound to a key that each request proves (RFC 7523, RFC 9449).
@NullMarked
package dev.custodian.server.oauth;

import org.jspecify.annotations.NullMarked;
