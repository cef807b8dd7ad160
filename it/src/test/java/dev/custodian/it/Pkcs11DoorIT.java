package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// OpenSC's `pkcs11-tool`, unmodified, through p11-kit: the shipped agent behind it. The other
/// programs are in [ProgramsIT].
@TestMethodOrder(OrderAnnotation.class)
class Pkcs11DoorIT {
    private static final String SIGN = "pkcs11-tool";

    @TempDir static Path scratch;

    private static Programs programs;

    @BeforeAll
    static void start() throws Exception {
        programs = Programs.start(scratch);
    }

    @AfterAll
    static void stop() throws Exception {
        programs.close();
    }

    @Test
    @Order(1)
    void noIsNoAndIsAskedOnce() throws Exception {
        programs.agent().willAnswer("");
        var ran = programs.run(SIGN);
        assertThat(ran.exit()).isNotZero();
        assertThat(ran.err()).contains("CKR_FUNCTION_CANCELED");
        assertThat(programs.agent().asked()).hasSize(1);
    }

    @Test
    @Order(2)
    void listingAsksNobody() throws Exception {
        programs.agent().willAnswer("");
        assertThat(programs.run("pkcs11").orFail().out()).contains("Label: document-p-256");
        assertThat(programs.agent().asked()).isEmpty();
    }

    @Test
    @Order(3)
    void questionSaysWhoAndTheDigestThatTheAgentComputed() throws Exception {
        programs.agent().kill();
        programs.startAgent();
        programs.agent().willAnswer(OwnerDevice.PIN);
        programs.run(SIGN).orFail();
        var digest =
                Hashes.sha256(
                        Bytes.of(Files.readAllBytes(programs.work(SIGN).resolve("letter.txt"))));
        assertThat(programs.agent().asked()).hasSize(1);
        assertThat(programs.agent().asked().getFirst())
                .startsWith("Sign a document for pkcs11-tool, process ")
                .contains("|program (reported):|    /usr/bin/pkcs11-tool, process ")
                .contains("|message (computed here):|    SHA-256 …" + digest.slice(24, 32).hex());
    }

    @Test
    @Order(4)
    void garbageAndAThousandConnectionsKeepNobodyOut() throws Exception {
        for (int i = 0; i < 1000; i++) {
            try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(scratch.resolve("sockets/p11.sock")));
                channel.write(ByteBuffer.wrap(Bytes.utf8("GET / HTTP/1.1\r\n\r\n").toArray()));
            }
        }
        assertThat(programs.run("pkcs11").orFail().out()).contains("Label: document-p-256");
    }

    @Test
    @Order(5)
    void serverThatIsAwayIsAnErrorAndKeysAreStillListed() throws Exception {
        programs.stopServer();
        programs.agent().willAnswer(OwnerDevice.PIN);
        assertThat(programs.run("pkcs11").orFail().out()).contains("Label: document-p-256");
        var ran = programs.run(SIGN);
        assertThat(ran.exit()).isNotZero();
        assertThat(ran.err()).contains("CKR_DEVICE_ERROR");
    }
}
