package dev.custodian.it.broken.server.vault;

public interface Box {}
