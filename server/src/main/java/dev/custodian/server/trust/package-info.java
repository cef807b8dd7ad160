/// Whom the operator trusts to vouch for devices.
@NullMarked
package dev.custodian.server.trust;

import org.jspecify.annotations.NullMarked;
