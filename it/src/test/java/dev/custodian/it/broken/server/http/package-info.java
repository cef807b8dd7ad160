/// Breaks the rules on purpose.
@NullMarked
package dev.custodian.it.broken.server.http;

import org.jspecify.annotations.NullMarked;
