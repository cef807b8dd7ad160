/// The Cloud Signature Consortium API, version 2, as enrolled devices call it.
@NullMarked
package dev.custodian.server.csc;

import org.jspecify.annotations.NullMarked;
