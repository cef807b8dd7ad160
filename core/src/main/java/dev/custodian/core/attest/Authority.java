package dev.custodian.core.attest;

import java.security.cert.X509Certificate;

/// Who vouches for TPMs or cards, as far as an operator trusts that.
///
/// @param name what the operator calls it
/// @param vendor whose it is
/// @param root whether trust begins here; else it only leads to such a one
/// @param withdrawn whether it was trusted once and is no more: then no certificate of its key is
public record Authority(
        String name, String vendor, X509Certificate certificate, boolean root, boolean withdrawn) {}
