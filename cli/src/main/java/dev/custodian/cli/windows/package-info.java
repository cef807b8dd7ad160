/// What the commands call of Windows itself. Calls nothing of it elsewhere.
@NullMarked
package dev.custodian.cli.windows;

import org.jspecify.annotations.NullMarked;
