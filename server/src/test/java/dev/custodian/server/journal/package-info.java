@NullMarked
package dev.custodian.server.journal;

import org.jspecify.annotations.NullMarked;
