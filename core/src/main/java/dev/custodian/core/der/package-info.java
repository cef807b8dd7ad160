/// DER (X.690 §10 and §11): a strict reader and a writer of as much of it as keys, certificates and
/// signatures need.
@NullMarked
package dev.custodian.core.der;

import org.jspecify.annotations.NullMarked;
