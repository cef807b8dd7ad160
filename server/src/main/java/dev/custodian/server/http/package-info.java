/// The one adapter to the web library. Everything above it sees [Route], [Call] and [Reply]; the
/// library is named in this package and nowhere else.
///
/// [WebServer] serves HTTP/1.1 and HTTP/2 over TLS 1.3. It hands a handler only requests that are
/// complete, of a bounded size and of a single reading: what a proxy could understand differently
/// is refused before.
@NullMarked
package dev.custodian.server.http;

import org.jspecify.annotations.NullMarked;
