/// The device that this machine is, and its one session with the server: how it becomes one, logs
/// in and out, and what it changes about its owner's devices and PIN.
@NullMarked
package dev.custodian.agent.session;

import org.jspecify.annotations.NullMarked;
