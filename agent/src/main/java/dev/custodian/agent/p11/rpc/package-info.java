/// The octets of p11-kit's remote protocol (`rpc-message.h`), of the side that answers. No I/O.
@NullMarked
package dev.custodian.agent.p11.rpc;

import org.jspecify.annotations.NullMarked;
