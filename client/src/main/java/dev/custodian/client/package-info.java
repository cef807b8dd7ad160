/// A client of the Cloud Signature Consortium API, and the session of an enrolled device.
@NullMarked
package dev.custodian.client;

import org.jspecify.annotations.NullMarked;
