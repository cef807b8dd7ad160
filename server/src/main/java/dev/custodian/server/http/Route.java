package dev.custodian.server.http;

/// One method on one exact path. A plain value: a list of routes can be wrapped before it is
/// served.
///
/// @param kind what happens to it when the server is busy
/// @param method upper case, such as `POST`
/// @param path begins with a slash and is written as it is sent: no escape, no dot segment
/// @param bodyLimit the largest body in octets; 0 takes none
/// @param handler answers the calls
public record Route(Kind kind, String method, String path, int bodyLimit, Handler handler) {
    /// How a route shares the server.
    public enum Kind {
        /// Counts against the limit of running calls and is refused with 503 beyond it.
        API,
        /// Always answered: a busy server must not be taken for a dead one.
        HEALTH
    }

    /// Checks that the route can be matched at all.
    public Route {
        if (!method.matches("[A-Z]+") || method.equals("TRACE") || method.equals("CONNECT")) {
            throw new IllegalArgumentException("not a method to serve: " + method);
        }
        if (!path.matches("(/[A-Za-z0-9._~-]+)+|/") || path.contains("/.")) {
            throw new IllegalArgumentException("not a plain path: " + path);
        }
        if (bodyLimit < 0) {
            throw new IllegalArgumentException("a body limit is never negative");
        }
    }

    /// Returns an API route that reads and takes no body.
    public static Route get(String path, Handler handler) {
        return new Route(Kind.API, "GET", path, 0, handler);
    }

    /// Returns an API route that takes a body up to this many octets.
    public static Route post(String path, int bodyLimit, Handler handler) {
        return new Route(Kind.API, "POST", path, bodyLimit, handler);
    }

    /// Returns a GET that is answered under any load.
    public static Route health(String path, Handler handler) {
        return new Route(Kind.HEALTH, "GET", path, 0, handler);
    }

    /// Returns this route with another handler, one that wraps this one's for example.
    public Route withHandler(Handler other) {
        return new Route(kind, method, path, bodyLimit, other);
    }
}
