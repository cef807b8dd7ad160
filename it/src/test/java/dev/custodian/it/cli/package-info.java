/// `./custodian` as a user runs it: a process, its output, its exit code, and what it leaves.
@NullMarked
package dev.custodian.it.cli;

import org.jspecify.annotations.NullMarked;
