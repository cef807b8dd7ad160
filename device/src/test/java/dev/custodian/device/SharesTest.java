package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharesTest {
    @TempDir Path scratch;

    @Test
    void loadedShareIsTheCreatedOne() throws Exception {
        try (var created = shares().create("work");
                var loaded = shares().load("work");
                var other = shares().create("other")) {
            assertThat(created.size()).isEqualTo(Shares.SIZE);
            assertThat(loaded).isEqualTo(created).isNotEqualTo(other);
        }
    }

    @Test
    void shareIsForThisUserAlone() throws Exception {
        shares().create("work").close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw----r--"));
        refused(FailureKind.KEY_FILE_EXPOSED, "chmod 600", () -> shares().load("work"));
    }

    @Test
    void shareIsNeverReplaced() throws Exception {
        try (var first = shares().create("work")) {
            refused(FailureKind.KEY_FILE_UNUSABLE, "there already", () -> shares().create("work"));
            try (var loaded = shares().load("work")) {
                assertThat(loaded).isEqualTo(first);
            }
        }
    }

    @Test
    void shareOfTheWrongSizeIsRefused() throws Exception {
        shares().create("work").close();
        for (int size : new int[] {0, 31, 33}) {
            Files.write(file(), new byte[size]);
            refused(FailureKind.KEY_FILE_UNUSABLE, "32 octets", () -> shares().load("work"));
        }
    }

    private Shares shares() throws Refused {
        return Shares.in(scratch.resolve("shares"), new SecureRandom());
    }

    private Path file() {
        return scratch.resolve("shares").resolve("work.share");
    }

    private static void refused(FailureKind kind, String why, ThrowingCallable what) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(
                        refusal -> {
                            assertThat(refusal.kind()).isEqualTo(kind);
                            assertThat(refusal.detail()).contains(why);
                        });
    }
}
