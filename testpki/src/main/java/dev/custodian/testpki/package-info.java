/// A certificate authority for the demo and the tests; nobody trusts it, and nobody should.
@NullMarked
package dev.custodian.testpki;

import org.jspecify.annotations.NullMarked;
