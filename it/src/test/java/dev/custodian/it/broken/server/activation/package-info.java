/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.server.activation;

import org.jspecify.annotations.NullMarked;
