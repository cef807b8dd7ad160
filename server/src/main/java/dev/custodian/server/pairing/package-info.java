/// How a server and a device come to know each other: identity and enrolment (FORMATS §3).
@NullMarked
package dev.custodian.server.pairing;

import org.jspecify.annotations.NullMarked;
