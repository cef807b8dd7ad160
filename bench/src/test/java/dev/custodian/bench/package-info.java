@NullMarked
package dev.custodian.bench;

import org.jspecify.annotations.NullMarked;
