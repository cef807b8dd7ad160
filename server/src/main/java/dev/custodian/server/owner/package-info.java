/// Owners before they exist: invitations.
@NullMarked
package dev.custodian.server.owner;

import org.jspecify.annotations.NullMarked;
