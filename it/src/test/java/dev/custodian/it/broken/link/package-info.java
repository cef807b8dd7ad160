/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.link;

import org.jspecify.annotations.NullMarked;
