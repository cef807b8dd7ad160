package dev.custodian.device.piv;

import java.security.PublicKey;

/// A key in a slot.
public record PivKey(Slot slot, PivAlgorithm algorithm, PublicKey publicKey) {}
