package dev.custodian.server.http;

import dev.custodian.core.Bytes;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// One complete request.
///
/// @param id names the request in the log and in the answer's `X-Request-Id`
/// @param method as sent; the method of the route
/// @param path the exact path of the route
/// @param query decoded parameters of the query, each name once
/// @param headers all values of each header, names in lower case; see [#header(String)]
/// @param body the octets, no more than the route's limit; empty without a body
/// @param serverChain the server's own certificate chain on this connection, leaf first
/// @param clientKey the public key (DER) that the client proved by its certificate on this
///   connection; empty when it showed none
public record Call(
        String id,
        String method,
        String path,
        Map<String, String> query,
        Map<String, List<String>> headers,
        Bytes body,
        List<X509Certificate> serverChain,
        Bytes clientKey) {

    /// Copies the collections.
    public Call {
        query = Map.copyOf(query);
        var lower = new TreeMap<String, List<String>>();
        headers.forEach(
                (name, values) -> lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
        headers = Map.copyOf(lower);
        serverChain = List.copyOf(serverChain);
    }

    /// Returns a call that has nothing but this, as a handler's test needs it.
    public static Call of(String method, String path, Bytes body) {
        return new Call("test", method, path, Map.of(), Map.of(), body, List.of(), Bytes.EMPTY);
    }

    /// Returns this call with one more header value.
    public Call withHeader(String name, String value) {
        var more = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.merge(
                name,
                List.of(value),
                (old, one) -> Stream.concat(old.stream(), one.stream()).toList());
        return new Call(id, method, path, query, more, body, serverChain, clientKey);
    }

    /// Returns the value of a header that may be sent once at most.
    ///
    /// There is no other way to a value on purpose: of a header sent twice, two readers may each
    /// take another one.
    ///
    /// @throws CallRefused 400 if it was sent more than once
    public Optional<String> header(String name) throws CallRefused {
        List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        if (values.size() > 1) {
            throw CallRefused.malformed("The header " + name + " is given more than once.");
        }
        return values.stream().findFirst();
    }

    /// Says which call this is, and nothing of what it carries.
    @Override
    public String toString() {
        return method + " " + path + " [" + id + "]";
    }
}
