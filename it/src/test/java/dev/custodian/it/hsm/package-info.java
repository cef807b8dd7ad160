/// Keys on cryptographic devices: modules of others and one that misbehaves.
@NullMarked
package dev.custodian.it.hsm;

import org.jspecify.annotations.NullMarked;
