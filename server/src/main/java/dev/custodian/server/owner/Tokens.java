package dev.custodian.server.owner;

import java.time.Instant;

/// What a login or a refresh gives.
///
/// @param ends until when the login lasts, however often it is refreshed
public record Tokens(AccessToken access, RefreshToken refresh, Instant ends) {}
