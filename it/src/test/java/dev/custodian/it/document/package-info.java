/// Documents as large as people have, and disks as full.
@NullMarked
package dev.custodian.it.document;

import org.jspecify.annotations.NullMarked;
