package dev.custodian.server.store;

/// A digest that is `used` without an outcome.
///
/// @param use index of the `use` record
/// @param authorization row number
/// @param epoch of the node that took it
public record OpenUse(long use, long authorization, long epoch) {}
