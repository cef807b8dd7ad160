/// The use case behind every signature: authorization, use, vault, answer (DESIGN §4).
@NullMarked
package dev.custodian.server.signing;

import org.jspecify.annotations.NullMarked;
