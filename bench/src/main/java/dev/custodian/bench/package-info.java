/// Measurements of the product: CPU time for each operation, as ratios within one run.
@NullMarked
package dev.custodian.bench;

import org.jspecify.annotations.NullMarked;
