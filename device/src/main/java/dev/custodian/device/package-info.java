/// Device keys and shares: what proves that it is this machine that asks. Usable alone.
///
/// ```java
/// var keys = SoftwareDeviceKeys.in(folder);
/// var key = keys.create("work");
/// Bytes signature = key.sign(message);
/// ```
@NullMarked
package dev.custodian.device;

import org.jspecify.annotations.NullMarked;
