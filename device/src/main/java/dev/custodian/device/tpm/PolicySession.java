package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.MalformedException;
import java.io.IOException;
import java.security.SecureRandom;

/// A session that shows `PolicySecret(endorsement)`, the policy A of endorsement keys (EK
/// Credential Profile, Annex B.2), for one command. Nothing secret is in it: the hierarchy's
/// authValue is empty wherever an EK is for all to use.
final class PolicySession implements Authorization, AutoCloseable {
    private static final int POLICY = 1;
    private static final int NONCE = 16;
    private static final int LONGEST_NONCE = 64;

    private final Tpm tpm;
    private final int handle;
    private boolean ended;

    private PolicySession(Tpm tpm, int handle) {
        this.tpm = tpm;
        this.handle = handle;
    }

    /// @param hash that of the key's Name
    static PolicySession start(Tpm tpm, HashAlgorithm hash, SecureRandom random)
            throws IOException {
        var nonce = new byte[NONCE];
        random.nextBytes(nonce);
        var parameters =
                new TpmWriter()
                        .sized(nonce)
                        .sized(Bytes.EMPTY)
                        .u8(POLICY)
                        .u16(Alg.NULL)
                        .u16(Alg.of(hash));
        var none = Command.Entity.of(Alg.NO_HIERARCHY);
        var session =
                tpm.run(
                        Command.of(CommandCode.START_AUTH_SESSION, parameters, none, none),
                        null,
                        (handle, in) -> {
                            var _ = in.sized("nonceTPM", LONGEST_NONCE);
                            return new PolicySession(tpm, handle);
                        });
        try {
            session.show();
            return session;
        } catch (IOException e) {
            session.close();
            throw e;
        }
    }

    /// Part 3 §23.4: no nonce, no command, no reference, no end.
    private void show() throws IOException {
        var parameters = new TpmWriter().u16(0).u16(0).u16(0).u32(0);
        var _ =
                tpm.run(
                        Command.of(
                                CommandCode.POLICY_SECRET,
                                parameters,
                                Command.Entity.of(Alg.ENDORSEMENT),
                                Command.Entity.of(handle)),
                        new NoSecret(),
                        (_, in) -> {
                            var _ = in.sized("timeout", LONGEST_NONCE);
                            var _ = in.u16("ticket");
                            var _ = in.u32("hierarchy");
                            return in.sized("ticket's digest", LONGEST_NONCE);
                        });
    }

    @Override
    public void authorize(Command command, TpmWriter out) {
        out.u32(handle).sized(Bytes.EMPTY).u8(0).sized(Bytes.EMPTY);
    }

    @Override
    public void check(CommandCode code, byte[] parameters, TpmReader in) throws MalformedException {
        var _ = in.sized("nonceTPM", LONGEST_NONCE);
        ended = (in.u8("attributes") & TpmSession.CONTINUE) == 0;
        in.require(in.sized("hmac", 0).size() == 0, "an HMAC in a policy session");
    }

    /// Ends it in the TPM, unless the command that it was for did.
    @Override
    public void close() throws IOException {
        if (!ended) {
            ended = true;
            tpm.flush(handle);
        }
    }
}
