/// HPKE (RFC 9180) and HKDF over the JDK's primitives, with secrets kept in arrays that are wiped.
@NullMarked
package dev.custodian.core.hpke;

import org.jspecify.annotations.NullMarked;
