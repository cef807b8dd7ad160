package dev.custodian.it.broken.client;

public interface Session {}
