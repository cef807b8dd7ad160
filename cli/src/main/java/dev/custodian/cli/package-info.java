/// The `custodian` command.
@NullMarked
package dev.custodian.cli;

import org.jspecify.annotations.NullMarked;
