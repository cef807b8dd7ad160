/// Connections of programs of this machine, whatever system carries them.
@NullMarked
package dev.custodian.agent.local;

import org.jspecify.annotations.NullMarked;
