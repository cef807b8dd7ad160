/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.server.owner;

import org.jspecify.annotations.NullMarked;
