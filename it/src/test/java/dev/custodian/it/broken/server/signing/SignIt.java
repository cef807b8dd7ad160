package dev.custodian.it.broken.server.signing;

public interface SignIt {}
