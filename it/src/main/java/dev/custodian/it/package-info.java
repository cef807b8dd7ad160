/// End-to-end tests with programs that others wrote, and the rules that hold over all modules.
@NullMarked
package dev.custodian.it;

import org.jspecify.annotations.NullMarked;
