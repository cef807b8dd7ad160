package dev.custodian.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.Answer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {
    @TempDir Path scratch;

    @Test
    void lastThingThatWentWrongIsSaidAsOneLine() throws Exception {
        var random = new SecureRandom();
        var clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        try (var folder = AgentFolder.open(scratch.resolve("device"), random);
                var session = new Session(folder, clock, random)) {
            assertThat(session.lines()).hasSize(1);

            session.failed(new Refused(FailureKind.JOURNAL_BROKEN));
            session.failed(new Refused(FailureKind.SIGNATURE_WRONG, "Signature 1\nlogged in"));
            // the state says it
            session.failed(new Refused(FailureKind.NOT_JOINED));
            assertThat(session.lines())
                    .hasSize(2)
                    .contains(
                            new Answer.Line(
                                    "went wrong last",
                                    "1970-01-01T00:00:00Z The server's signature does not fit the"
                                            + " digest and the certificate. Signature 1\\u{a}logged"
                                            + " in"));
        }
    }
}
