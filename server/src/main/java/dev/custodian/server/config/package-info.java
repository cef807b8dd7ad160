/// The configuration as one checked record, and the key files that it names.
@NullMarked
package dev.custodian.server.config;

import org.jspecify.annotations.NullMarked;
