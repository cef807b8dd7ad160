/// Where private keys live and are used: the only code that touches them (DESIGN §3).
@NullMarked
package dev.custodian.server.vault;

import org.jspecify.annotations.NullMarked;
