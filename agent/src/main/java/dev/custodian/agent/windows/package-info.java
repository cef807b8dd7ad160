/// The agent on Windows: its named pipe, and who is at the other end. Loads nowhere else.
@NullMarked
package dev.custodian.agent.windows;

import org.jspecify.annotations.NullMarked;
