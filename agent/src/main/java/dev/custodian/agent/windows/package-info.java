/// The agent on Windows: its named pipe and who is at the other end, the certificates that programs
/// choose from, and what the doctor looks at there. Calls nothing of the system elsewhere.
@NullMarked
package dev.custodian.agent.windows;

import org.jspecify.annotations.NullMarked;
