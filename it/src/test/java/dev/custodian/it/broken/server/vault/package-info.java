/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.server.vault;

import org.jspecify.annotations.NullMarked;
