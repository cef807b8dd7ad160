/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.testpki;

import org.jspecify.annotations.NullMarked;
