/// Windows under Wine: the shipped agent and command there, and programs of others that reach it.
@NullMarked
package dev.custodian.it.windows;

import org.jspecify.annotations.NullMarked;
