/// Named pipes of Windows (winbase.h, namedpipeapi.h) and the processes at their ends. Overlapped
/// throughout, so that nothing waits past its limit. Nothing here loads on another system; never
/// called from a virtual thread.
@NullMarked
package dev.custodian.link.pipe;

import org.jspecify.annotations.NullMarked;
