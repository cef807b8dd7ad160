/// Device keys on simulators of the hardware, beside the programs of others.
@NullMarked
package dev.custodian.it.device;

import org.jspecify.annotations.NullMarked;
