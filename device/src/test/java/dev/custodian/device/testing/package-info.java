/// What tests of device keys share, also those of other modules: the contracts of stores, a key
/// that counts, a verifier, certificates. In the test jar of this module; never shipped.
@NullMarked
package dev.custodian.device.testing;

import org.jspecify.annotations.NullMarked;
