package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each refusal of `custodian-server run` is one line that says what is wrong, where, and what to
/// do.
class ServerRefusesToStartIT {
    @TempDir Path folder;

    private Installation installation;

    @BeforeEach
    void init() throws Exception {
        installation = Installation.in(folder);
    }

    private void refuses(FailureKind kind, int exit, String where) throws Exception {
        var ran = Program.server("run", "--config", installation.config().toString());
        assertThat(ran.err().lines())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("custodian-server: " + kind.sentence())
                .contains(where)
                .endsWith(kind.nextStep());
        assertThat(ran.out()).isEmpty();
        assertThat(ran.exit()).isEqualTo(exit);
    }

    @Test
    void portInUse() throws Exception {
        var text = Files.readString(installation.config());
        var port = Integer.parseInt(text.replaceFirst("(?s).*\nport = (\\d+).*", "$1"));
        try (var other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            refuses(FailureKind.PORT_IN_USE, 4, "127.0.0.1:" + other.getLocalPort());
        }
    }

    @Test
    void secondServerOnTheSameFolder() throws Exception {
        try (var first = installation.serve()) {
            refuses(FailureKind.FOLDER_IN_USE, 4, "");
            assertThat(first.url().getScheme()).isEqualTo("https");
        }
    }

    @Test
    void unknownKeyInTheConfiguration() throws Exception {
        installation.configure("[listen]", "[listen]\nprot = 1");
        refuses(FailureKind.CONFIG_WRONG, 3, "prot");
    }

    @Test
    void masterKeyThatOthersCanRead() throws Exception {
        var master = installation.data().resolve("master.key");
        Files.setPosixFilePermissions(master, PosixFilePermissions.fromString("rw-r--r--"));
        refuses(FailureKind.KEY_FILE_EXPOSED, 3, "master.key");
    }

    @Test
    void masterKeyThatIsNone() throws Exception {
        Files.writeString(installation.data().resolve("master.key"), "short");
        refuses(FailureKind.KEY_FILE_UNUSABLE, 3, "master.key");
    }
}
