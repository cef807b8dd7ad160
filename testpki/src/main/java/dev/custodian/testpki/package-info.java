/// A certificate authority for the demo and the tests. Every name that it gives says TEST, its root
/// is in nobody's trust list, and its key lives no longer than the program.
@NullMarked
package dev.custodian.testpki;

import org.jspecify.annotations.NullMarked;
