/// The link (FORMATS §8): frames between programs and the agent, and the client that speaks them.
@NullMarked
package dev.custodian.link;

import org.jspecify.annotations.NullMarked;
