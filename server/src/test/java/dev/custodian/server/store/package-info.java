@NullMarked
package dev.custodian.server.store;

import org.jspecify.annotations.NullMarked;
