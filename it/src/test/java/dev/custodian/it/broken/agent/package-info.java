/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.agent;

import org.jspecify.annotations.NullMarked;
