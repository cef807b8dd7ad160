package dev.custodian.server.http;

import static dev.custodian.server.http.RawClient.request;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/// Many TLS connections that are open and silent. As a program of its own it opens them, says
/// `open`, waits for a line, and says how many of every tenth were answered.
final class IdleConnections implements AutoCloseable {
    private final List<RawClient> clients = new ArrayList<>();

    static IdleConnections open(int port, int count) throws IOException {
        var connections = new IdleConnections();
        SSLContext context = RawClient.trustingContext();
        for (int i = 0; i < count; i++) {
            connections.clients.add(RawClient.connect(context, port));
        }
        return connections;
    }

    /// Asks on every tenth connection and returns how many were answered.
    int everyTenthAnswered() throws IOException {
        int answered = 0;
        for (int i = 0; i < clients.size(); i += 10) {
            if (clients.get(i).ask(request("GET /livez")).status() == 200) {
                answered++;
            }
        }
        return answered;
    }

    @Override
    public void close() throws IOException {
        for (RawClient client : clients) {
            client.socket().close();
        }
    }

    /// Takes the port and the number of connections.
    public static void main(String... arguments) throws IOException {
        try (var connections =
                open(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]))) {
            System.out.println("open");
            System.in.read();
            System.out.println(connections.everyTenthAnswered());
        }
    }
}
