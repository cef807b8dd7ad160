/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.client.util;

import org.jspecify.annotations.NullMarked;
