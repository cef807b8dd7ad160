/// Which JCA provider does the work that every signature costs.
@NullMarked
package dev.custodian.server.crypto;

import org.jspecify.annotations.NullMarked;
