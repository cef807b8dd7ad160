package dev.custodian.it.broken.server.store;

public interface Row {}
