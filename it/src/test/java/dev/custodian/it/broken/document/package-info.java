/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.document;

import org.jspecify.annotations.NullMarked;
