/// As much of D-Bus (specification 0.43) as the Secret Service needs: a client over a Unix socket
/// that logs in, calls methods and waits for signals, each within a time limit. Not for others: no
/// export.
@NullMarked
package dev.custodian.device.dbus;

import org.jspecify.annotations.NullMarked;
