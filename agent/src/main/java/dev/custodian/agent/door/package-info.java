/// What all doors share: a socket that only the user reaches, and a thread for each connection.
@NullMarked
package dev.custodian.agent.door;

import org.jspecify.annotations.NullMarked;
