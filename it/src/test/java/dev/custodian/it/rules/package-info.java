/// The borders of DESIGN §3 and the house rules, held by ArchUnit over all modules.
@NullMarked
package dev.custodian.it.rules;

import org.jspecify.annotations.NullMarked;
