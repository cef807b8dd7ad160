package dev.custodian.agent.session;

import dev.custodian.device.login.LoginSeal;

/// What seals for the login of this user, as the system has it.
public sealed interface Login {
    /// Nothing does.
    record None() implements Login {}

    /// Something that is there at each login and asks nobody, such as the data protection of
    /// Windows: it seals every folder from the first start on.
    record Always(LoginSeal seal) implements Login {}

    /// A keyring, which may be away or locked: an enrolment takes it where nothing keeps the key
    /// better.
    ///
    /// @param quiet asks nobody; a locked keyring opens nothing
    /// @param asking has the keyring ask its person to unlock it
    record Keyring(LoginSeal quiet, LoginSeal asking) implements Login {}
}
