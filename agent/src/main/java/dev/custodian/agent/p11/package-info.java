/// The PKCS#11 door: what p11-kit's client library asks on behalf of a program. It carries
/// signatures only: no key is made, changed or told, and no PIN is taken.
@NullMarked
package dev.custodian.agent.p11;

import org.jspecify.annotations.NullMarked;
