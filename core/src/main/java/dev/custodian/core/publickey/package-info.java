/// Public keys that somebody else wrote, looked at before they are used.
@NullMarked
package dev.custodian.core.publickey;

import org.jspecify.annotations.NullMarked;
