/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.server.store;

import org.jspecify.annotations.NullMarked;
