package dev.custodian.it.broken.device;

public interface Key {}
