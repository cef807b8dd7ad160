/// What only Windows has: rights of folders, protection of data for a login, the store of
/// certificates. Everything here loads on other systems too; it is the calls that need Windows.
@NullMarked
package dev.custodian.device.windows;

import org.jspecify.annotations.NullMarked;
