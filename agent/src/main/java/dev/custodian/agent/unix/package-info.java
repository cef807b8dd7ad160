/// What Java has no words for: sockets that say whose process is at the other end, pipes whose
/// octets can be wiped, and a process that others cannot look into. Linux only; never called from a
/// virtual thread.
@NullMarked
package dev.custodian.agent.unix;

import org.jspecify.annotations.NullMarked;
