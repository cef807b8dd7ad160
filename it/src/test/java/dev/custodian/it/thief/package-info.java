/// What can be stolen, and what a thief can do with it.
@NullMarked
package dev.custodian.it.thief;

import org.jspecify.annotations.NullMarked;
