package dev.custodian.it;

import dev.custodian.server.http.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/// The product's server, wired as its own `Main` wires it, with two differences: the decrypted body
/// of every request is appended to a file, and time can be put forward. Nothing in the shipped
/// modules knows of it.
///
/// Arguments: configuration, file for the bodies. Prints its URL when it serves. Each line on stdin
/// is a duration such as `PT31S`, by which the clock goes forward, and is repeated on stdout when
/// it has; the end of stdin ends the server.
public final class ObservedServer {
    private ObservedServer() {}

    public static void main(String[] args) throws Exception {
        var bodies = Path.of(args[1]);
        var clock = new MovableClock();
        WiredServer.serve(
                Path.of(args[0]),
                clock,
                route -> keepingBodies(route, bodies),
                line -> clock.forward(Duration.parse(line)),
                System.out);
    }

    private static Route keepingBodies(Route route, Path file) {
        var handler = route.handler();
        return route.withHandler(
                call -> {
                    keep(call.body().toArray(), file);
                    return handler.handle(call);
                });
    }

    private static synchronized void keep(byte[] body, Path file) {
        try {
            Files.write(file, body, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
