/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.server;

import org.jspecify.annotations.NullMarked;
