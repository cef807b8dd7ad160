/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.core;

import org.jspecify.annotations.NullMarked;
