package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.document.SamplePdf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Looks for the document in everything that a server received, after decryption.
class OnlyTheDigestTravelsIT {
    private static final int RUN = 64;

    /// A run of this many octets, moved by 0, 1 or 2, holds so many whole groups of Base64.
    private static final int GROUPS = (RUN - 2) / 3;

    @TempDir Path folder;

    @Test
    void noRunOf64OctetsOfThePdfReachesTheServerAndTheDigestDoes() throws Exception {
        var installation = Installation.in(folder);
        var bodies = folder.resolve("bodies");
        var input = Files.write(folder.resolve("contract.pdf"), SamplePdf.octets());
        Bytes digest;
        try (var serving = installation.serveObserved(bodies)) {
            var owner =
                    OwnerDevice.enrol(installation.invite(serving.url()), folder.resolve("device"));
            var credentials = installation.credentials(owner.owner(), "RSA-3072", "P-256");
            try (var session = owner.session()) {
                digest =
                        owner.signPdf(
                                session,
                                credentials.getFirst(),
                                input,
                                folder.resolve("signed.pdf"));
            }
        }
        var seen = Files.readAllBytes(bodies);
        assertThat(text(seen)).contains("\"SAD\"", "\"numSignatures\"", "grant_type=");
        assertThat(text(seen)).as("the digest").contains(digest.base64());

        for (var file : List.of(input, folder.resolve("signed.pdf"))) {
            assertThat(leaks(Files.readAllBytes(file), seen)).as(file.toString()).isEmpty();
        }
    }

    @Test
    void leakIsFoundHoweverItTravels() {
        var random = RandomGenerator.of("L64X128MixRandom");
        var document = new byte[4000];
        random.nextBytes(document);
        var run = Arrays.copyOfRange(document, 1711, 1711 + RUN);
        for (int lead = 0; lead < 3; lead++) {
            var sent = ByteBuffer.allocate(lead + RUN).put(new byte[lead]).put(run).array();
            assertThat(leaks(document, sent)).isNotEmpty();
            assertThat(leaks(document, Base64.getEncoder().encode(sent))).isNotEmpty();
            assertThat(leaks(document, Base64.getUrlEncoder().encode(sent))).isNotEmpty();
        }
        assertThat(leaks(document, new byte[4000])).isEmpty();
    }

    /// Where in `document` a run of 64 octets begins that stands in `seen`, raw or in either Base64
    /// at any offset.
    private static Set<Integer> leaks(byte[] document, byte[] seen) {
        var raw = windows(seen, RUN);
        // One alphabet for both Base64s; a JSON writer may escape the slash.
        var letters = text(seen).replace("\\/", "/").replace('-', '+').replace('_', '/');
        var encoded = windows(letters.getBytes(StandardCharsets.ISO_8859_1), 4 * GROUPS);
        var found = new HashSet<Integer>();
        for (int at = 0; at + RUN <= document.length; at++) {
            if (raw.contains(ByteBuffer.wrap(document, at, RUN))) {
                found.add(at);
            }
            for (int offset = 0; offset < 3; offset++) {
                var inner = Arrays.copyOfRange(document, at + offset, at + offset + 3 * GROUPS);
                if (encoded.contains(ByteBuffer.wrap(Base64.getEncoder().encode(inner)))) {
                    found.add(at);
                }
            }
        }
        return found;
    }

    private static Set<ByteBuffer> windows(byte[] octets, int size) {
        var windows = new HashSet<ByteBuffer>();
        for (int at = 0; at + size <= octets.length; at++) {
            windows.add(ByteBuffer.wrap(octets, at, size));
        }
        return windows;
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
