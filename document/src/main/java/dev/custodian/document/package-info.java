/// Signs and verifies documents whose private key lives elsewhere: only a digest leaves this
/// package.
@NullMarked
package dev.custodian.document;

import org.jspecify.annotations.NullMarked;
