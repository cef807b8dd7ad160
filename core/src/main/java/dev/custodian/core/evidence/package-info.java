/// What proves an approval: sealed factors and the authorization's bearer secret (FORMATS §2, §5).
@NullMarked
package dev.custodian.core.evidence;

import org.jspecify.annotations.NullMarked;
