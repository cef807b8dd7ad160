package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.IdentityStatement;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;

/// Reads what the server says of itself, and believes it only from the pinned identity key.
///
/// @param thumbprint the pinned identity
/// @param clock this machine's: by the server's own, an old statement would never run out
record IdentityCheck(Bytes thumbprint, Clock clock) {
    private static final int MAX_SIZE = 16 * 1024;

    /// How far this machine's clock may be off before a good statement is refused.
    private static final Duration ALLOWANCE = Duration.ofMinutes(5);

    /// The statement in `jws`.
    ///
    /// @param otherwise the kind of refusal when the pinned identity does not stand behind it
    IdentityStatement check(String jws, FailureKind otherwise) throws Refused {
        if (jws.length() > MAX_SIZE) {
            throw new Refused(FailureKind.PROTOCOL_BROKEN, "The identity statement is too long.");
        }
        try {
            var parsed = Jws.parse(jws);
            if (!Jws.isOf(parsed, IdentityStatement.TYPE)) {
                throw new Refused(
                        FailureKind.PROTOCOL_BROKEN,
                        "The identity statement has another type or algorithm.");
            }
            var statement = IdentityStatement.decode(Bytes.of(parsed.getPayload().toBytes()));
            if (!statement.thumbprint().equals(thumbprint)) {
                throw new Refused(
                        otherwise,
                        "The server calls itself "
                                + statement.thumbprint().base64Url()
                                + "; you paired with "
                                + thumbprint.base64Url()
                                + ".");
            }
            if (!Jws.isSignedBy(parsed, statement.spki())) {
                throw new Refused(
                        otherwise, "The statement is not signed by the identity that it names.");
            }
            requireFresh(statement, otherwise);
            return statement;
        } catch (ParseException e) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, "The identity statement is no compact JWS.");
        } catch (MalformedException e) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The identity statement cannot be read: " + e.getMessage() + ".");
        }
    }

    boolean isFresh(IdentityStatement statement) {
        return clock.instant().isBefore(statement.expires().plus(ALLOWANCE));
    }

    private void requireFresh(IdentityStatement statement, FailureKind otherwise) throws Refused {
        if (!isFresh(statement)) {
            throw new Refused(
                    otherwise == FailureKind.IDENTITY_CHANGED
                            ? FailureKind.TLS_NOT_VOUCHED
                            : otherwise,
                    "The identity's statement ran out at "
                            + statement.expires()
                            + "; if this machine's clock is wrong, set it.");
        }
    }
}
