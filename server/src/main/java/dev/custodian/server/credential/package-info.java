/// Credentials as the registrar makes them and owners and clients see them.
@NullMarked
package dev.custodian.server.credential;

import org.jspecify.annotations.NullMarked;
