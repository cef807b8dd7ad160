/// The prompt as a person meets it: real windows, driven by keys and looked at.
@NullMarked
package dev.custodian.it.prompt;

import org.jspecify.annotations.NullMarked;
