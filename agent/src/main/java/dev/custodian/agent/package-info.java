/// The daemon that holds the session with the server, asks the person and opens doors for programs
/// (DESIGN §5, §7, §8).
@NullMarked
package dev.custodian.agent;

import org.jspecify.annotations.NullMarked;
