/// The ssh door: the protocol of ssh-agent (OpenSSH `PROTOCOL.agent`, draft-miller-ssh-agent).
/// `login` credentials log in, `code` credentials make SSHSIG signatures (`ssh-keygen -Y sign`,
/// git). What is to be signed is read before it is signed; what is neither is refused.
@NullMarked
package dev.custodian.agent.ssh;

import org.jspecify.annotations.NullMarked;
