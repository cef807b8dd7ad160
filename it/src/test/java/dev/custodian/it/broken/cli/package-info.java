/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.cli;

import org.jspecify.annotations.NullMarked;
