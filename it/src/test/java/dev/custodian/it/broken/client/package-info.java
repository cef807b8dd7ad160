/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.client;

import org.jspecify.annotations.NullMarked;
