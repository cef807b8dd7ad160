package dev.custodian.it.broken.document;

public interface Paper {}
