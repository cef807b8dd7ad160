package dev.custodian.server.owner;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.Invitation;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.InvitationRow;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;

/// Invites newcomers: a code of 80 random bits, good once and for a day (FORMATS §3). Only its hash
/// is stored.
public final class Invitations {
    /// How long an invitation is good.
    public static final Duration LIFE = Duration.ofHours(24);

    private final Journal journal;
    private final Clock clock;
    private final SecureRandom random;

    public Invitations(Journal journal, Clock clock, SecureRandom random) {
        this.journal = journal;
        this.clock = clock;
        this.random = random;
    }

    /// Makes an invitation and stores what is needed to recognise it.
    ///
    /// @param base where the server answers, `https://host[:port]`
    /// @param thumbprint of its identity key
    /// @param name what the operator calls the owner
    public Invitation invite(URI base, Bytes thumbprint, String name) throws Refused {
        var code = new byte[Invitation.CODE];
        random.nextBytes(code);
        var invitation = new Invitation(base, Bytes.of(code), thumbprint);
        var row = new InvitationRow(invitation.codeHash(), name, clock.instant().plus(LIFE), null);
        journal.write(
                (tx, _) -> {
                    tx.insertInvitation(row);
                    return true;
                });
        return invitation;
    }
}
