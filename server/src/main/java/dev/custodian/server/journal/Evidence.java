package dev.custodian.server.journal;

import dev.custodian.core.Bytes;

/// What is kept beside the record of something that a person approved.
///
/// @param intent H(intent)
/// @param jws the device's, as sent
record Evidence(Bytes intent, Bytes jws) {}
