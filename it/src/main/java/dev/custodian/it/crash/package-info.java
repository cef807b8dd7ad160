/// Faults: a server that dies, stalls or lies at named points, and the programs that hold it to its
/// promises all the same. Nothing in the shipped modules knows of it.
@NullMarked
package dev.custodian.it.crash;

import org.jspecify.annotations.NullMarked;
