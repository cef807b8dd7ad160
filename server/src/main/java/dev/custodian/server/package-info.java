/// The signing service: keeps private keys and uses each only for what its owner approved.
@NullMarked
package dev.custodian.server;

import org.jspecify.annotations.NullMarked;
