package dev.custodian.server.config;

/// What proves at each call that a token is in the hands of its device.
public enum Binding {
    /// A proof by a key that the device made for its session (RFC 9449).
    DPOP,
    /// The device key itself, by the certificate of the TLS connection (RFC 8705).
    TLS
}
