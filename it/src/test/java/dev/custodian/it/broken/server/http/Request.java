package dev.custodian.it.broken.server.http;

public interface Request {}
