/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.server.journal;

import org.jspecify.annotations.NullMarked;
