package dev.custodian.it.broken.server.credential;

public interface Listing {}
