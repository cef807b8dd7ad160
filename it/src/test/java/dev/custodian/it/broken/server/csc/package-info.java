/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.server.csc;

import org.jspecify.annotations.NullMarked;
