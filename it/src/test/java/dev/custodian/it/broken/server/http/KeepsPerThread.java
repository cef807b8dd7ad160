package dev.custodian.it.broken.server.http;

final class KeepsPerThread {
    private KeepsPerThread() {}

    static final ThreadLocal<String> REQUEST = new ThreadLocal<>();
}
