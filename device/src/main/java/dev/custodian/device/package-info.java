/// Device keys: key pairs that prove which machine is asking, and an honest verdict of how well
/// each is kept.
@NullMarked
package dev.custodian.device;

import org.jspecify.annotations.NullMarked;
