/// What a device's maker vouches for, checked: pure functions over what the device sent.
@NullMarked
package dev.custodian.core.attest;

import org.jspecify.annotations.NullMarked;
