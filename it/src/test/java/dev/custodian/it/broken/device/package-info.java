/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.device;

import org.jspecify.annotations.NullMarked;
