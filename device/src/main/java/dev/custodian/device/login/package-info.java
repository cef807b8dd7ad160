/// What seals for whoever is logged in to the system: the keyring of a Linux desktop here, the data
/// protection of Windows in `dev.custodian.device.windows`.
@NullMarked
package dev.custodian.device.login;

import org.jspecify.annotations.NullMarked;
