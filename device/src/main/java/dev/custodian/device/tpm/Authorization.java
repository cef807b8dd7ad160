package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// What allows the use of one of a command's entities (Part 1 §19): `TPMS_AUTH_COMMAND` one way,
/// `TPMS_AUTH_RESPONSE` the other.
sealed interface Authorization permits Authorization.NoSecret, PolicySession, TpmSession {
    /// Encrypts what is to be encrypted in the command, and writes this part of it.
    void authorize(Command command, TpmWriter out);

    /// Checks this part of an answer, and decrypts what is encrypted in its parameters.
    ///
    /// @throws TpmException when the answer is not of this session
    void check(CommandCode code, byte[] parameters, TpmReader in)
            throws MalformedException, TpmException;

    /// An entity whose `authValue` is empty: a password session, in which nothing is to be seen.
    record NoSecret() implements Authorization {
        @Override
        public void authorize(Command command, TpmWriter out) {
            out.u32(Alg.PASSWORD).sized(Bytes.EMPTY).u8(TpmSession.CONTINUE).sized(Bytes.EMPTY);
        }

        @Override
        public void check(CommandCode code, byte[] parameters, TpmReader in)
                throws MalformedException {
            in.require(in.sized("nonce", 0).size() == 0, "a nonce in a password session");
            var _ = in.u8("attributes");
            in.require(in.sized("hmac", 0).size() == 0, "an HMAC in a password session");
        }
    }
}
