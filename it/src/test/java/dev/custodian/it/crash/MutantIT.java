package dev.custodian.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that breaks a promise is caught by the same run: otherwise [CrashIT] proves nothing.
class MutantIT {
    private static final int SIGNATURES = 10;

    @TempDir Path folder;

    @BeforeAll
    static void buildChecker() throws Exception {
        JournalChecker.build();
    }

    @Test
    void signingBeforeTheCommitIsSeen() throws Exception {
        assertThat(
                        findings(
                                Mutant.SIGN_BEFORE_COMMIT,
                                Point.IN_SIGN,
                                Point.BEFORE_ANSWER,
                                Point.IN_SIGN))
                .anyMatch(finding -> finding.contains("signature without use"));
    }

    @Test
    void commitThatDoesNothingIsSeen() throws Exception {
        // the first is passed by new signatures alone, and not by old ones that are given again
        assertThat(findings(Mutant.EMPTY_COMMIT, Point.IN_SIGN, Point.BEFORE_ANSWER))
                .anyMatch(finding -> finding.contains("signature without use"));
    }

    @Test
    void secondOutcomeIsSeen() throws Exception {
        try (var run = new CrashRun(folder, Mutant.OUTCOME_TWICE)) {
            run.killAt(Point.BEFORE_ANSWER);
            // a kill may come before any outcome; the last one of an orderly end stands alone
            run.serve(SIGNATURES);
            assertThat(run.findings())
                    .anyMatch(finding -> finding.contains("is a second outcome of use"));
        }
    }

    private List<String> findings(Mutant mutant, Point... points) throws Exception {
        try (var run = new CrashRun(folder, mutant)) {
            for (var point : points) {
                run.killAt(point);
            }
            return run.findings();
        }
    }
}
