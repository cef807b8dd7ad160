/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.server.credential;

import org.jspecify.annotations.NullMarked;
