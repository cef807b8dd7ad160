/// The one use case in which every door ends (DESIGN §4): find the credential, ask the person, have
/// the server sign, hand out signatures that were checked.
@NullMarked
package dev.custodian.agent.signing;

import org.jspecify.annotations.NullMarked;
