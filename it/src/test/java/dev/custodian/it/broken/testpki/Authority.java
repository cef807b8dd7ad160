package dev.custodian.it.broken.testpki;

public interface Authority {}
