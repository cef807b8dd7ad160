/// Who asks: the process at the other end of a socket, as the operating system tells of it. A
/// process of the same user can look like any other one, so all of this is *reported*.
@NullMarked
package dev.custodian.agent.peer;

import org.jspecify.annotations.NullMarked;
