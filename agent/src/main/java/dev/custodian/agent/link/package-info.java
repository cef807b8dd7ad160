/// The door for programs that speak the link: our own command line, and later the libraries that
/// other programs load (FORMATS §8, `docs/reference/link.md`).
@NullMarked
package dev.custodian.agent.link;

import org.jspecify.annotations.NullMarked;
