package dev.custodian.server.http;

/// The client went away in the middle of its request; nobody is left to be told anything.
final class ClientGone extends Exception {
    private static final long serialVersionUID = 1L;

    ClientGone() {
        super("the client went away", null, false, false);
    }
}
