package dev.custodian.it.broken.server.store;

public record InnerKey(String inner) {}
