/// A client of the Cloud Signature Consortium API, and the session of an enrolled device.
///
/// [Enrolment] makes a device of an invitation; [DeviceSession] logs it in; [Credentials] lists
/// what it may sign with, [Signing] signs, [Journal] shows what was recorded. Whatever the server
/// says is checked against the identity that was pinned, the certificates and the journal before it
/// is believed; what does not hold is a [dev.custodian.core.Refused] with its own sentence.
@NullMarked
package dev.custodian.client;

import org.jspecify.annotations.NullMarked;
