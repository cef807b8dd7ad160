/// The words that all sides share: octets, identifiers, algorithms and the closed list of failures.
@NullMarked
package dev.custodian.core;

import org.jspecify.annotations.NullMarked;
