/// How two sides come to know each other: invitation and the server's identity statement (FORMATS
/// §3).
@NullMarked
package dev.custodian.core.identity;

import org.jspecify.annotations.NullMarked;
