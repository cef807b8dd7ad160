/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.server.signing;

import org.jspecify.annotations.NullMarked;
