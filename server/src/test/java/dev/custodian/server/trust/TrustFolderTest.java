package dev.custodian.server.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.attest.Authority;
import dev.custodian.server.config.Pem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustFolderTest {
    private static final Instant UPDATED = Instant.parse("2026-11-01T00:00:00Z");
    private static final X509Certificate ONE = TestRoot.named("One");
    private static final X509Certificate TWO = TestRoot.named("Two");

    @TempDir Path temporary;
    private Path from;
    private Path to;

    @BeforeEach
    void choose() throws Exception {
        from = Files.createDirectories(temporary.resolve("from"));
        to = temporary.resolve("trust/tpm");
    }

    private static Bytes der(X509Certificate certificate) throws Exception {
        return Bytes.of(certificate.getEncoded());
    }

    private static String entry(X509Certificate certificate, String more) throws Exception {
        return """
        {"name":"A root","vendor":"A vendor","kind":"root","sha256":"%s",
         "source":"a letter","added":"2026-10-01T00:00:00Z"%s}\
        """
                .formatted(Hashes.sha256(der(certificate)).hex(), more);
    }

    private static String manifest(String... entries) {
        return "{\"version\":1,\"updated\":\"%s\",\"authorities\":[%s]}"
                .formatted(UPDATED, String.join(",", entries));
    }

    private static void put(Path folder, X509Certificate certificate) throws Exception {
        var der = der(certificate);
        Files.writeString(
                folder.resolve(Hashes.sha256(der).hex() + ".pem"), Pem.write(Pem.CERTIFICATE, der));
    }

    private static void putManifest(Path folder, String text) throws IOException {
        Files.writeString(folder.resolve("manifest.json"), text);
    }

    private static List<X509Certificate> certificates(Trust trust) {
        return trust.authorities().stream().map(Authority::certificate).toList();
    }

    private Trust replaced() throws TrustException {
        return TrustFolder.replace(to, from, UPDATED, false);
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> replaced())
                .isInstanceOf(TrustException.class)
                .hasMessageContaining(why)
                .message()
                .startsWith(from.toString())
                .endsWith(".");
        assertThat(to).doesNotExist();
    }

    @Test
    void folderThatIsNotThereTrustsNobody() throws Exception {
        var folder = TrustFolder.open(to);
        assertThat(folder.current().authorities()).isEmpty();
        assertThat(folder.reload()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
                    "version":1 | "version":2
                    "updated" | "changed"
                    00:00Z | 00:00+00:00
                    "kind":"root" | "kind":"leaf"
                    "name":"A root" | "name":""
                    "name":"A root" | "name":"a\\u0007"
                    "name":"A root" | "name":"a\\n\\u001b[2J\\nb"
                    "name":"A root" | "name":"a\\u009b2J"
                    "vendor":"A vendor" | "vendor":"a\\u202eb"
                    "vendor":"A vendor", |
                    "source":"a letter" | "source":" "
                    "sha256":" | "sha256":"A
                    "added" | "more":1,"added"
                    """)
    void manifestThatIsNotRightIsRefusedWhole(String part, @Nullable String other)
            throws Exception {
        put(from, ONE);
        var good = manifest(entry(ONE, ""));
        var bad = good.replace(part, other == null ? "" : other);
        assertThat(bad).isNotEqualTo(good);
        putManifest(from, bad);
        assertRefused("manifest.json");
        putManifest(from, good);
        assertThat(certificates(replaced())).containsExactly(ONE);
    }

    @Test
    void certificateThatIsNotTheOneNamedIsRefused() throws Exception {
        putManifest(from, manifest(entry(ONE, ""), entry(TWO, "")));
        put(from, ONE);
        assertRefused("not there");
        put(from, TWO);
        var files = new ArrayList<Path>();
        try (var all = Files.newDirectoryStream(from, "*.pem")) {
            all.forEach(files::add);
        }
        var first = Files.readString(files.get(0));
        var second = Files.readString(files.get(1));
        Files.writeString(files.get(0), second);
        assertRefused("another certificate than the manifest names");
        Files.writeString(files.get(0), first + second);
        assertRefused("not one certificate");
        Files.writeString(files.get(0), "");
        assertRefused("not one certificate");
        Files.writeString(files.get(0), " ".repeat(1 << 17));
        assertRefused("too long");
        Files.writeString(files.get(0), first);
        assertThat(replaced().authorities()).hasSize(2);
        putManifest(from, manifest(entry(ONE, ""), entry(ONE, "")));
        assertThatThrownBy(() -> replaced()).hasMessageContaining("twice");
    }

    @Test
    void importReplacesAllAtOnceAndAFailedOneNothing() throws Exception {
        put(from, ONE);
        putManifest(from, manifest(entry(ONE, "")));
        var _ = replaced();
        var folder = TrustFolder.open(to);
        assertThat(certificates(folder.current())).containsExactly(ONE);
        assertThat(folder.reload()).isFalse();

        put(from, TWO);
        putManifest(from, manifest(entry(TWO, "")));
        var _ = replaced();
        assertThat(certificates(folder.current())).containsExactly(ONE);
        assertThat(folder.reload()).isTrue();
        assertThat(certificates(folder.current())).containsExactly(TWO);
        try (var all = Files.newDirectoryStream(to)) {
            // manifest, certificate and lock
            assertThat(all).hasSize(3);
        }

        putManifest(from, "{}");
        assertThatThrownBy(() -> replaced()).isInstanceOf(TrustException.class);
        assertThat(folder.reload()).isFalse();
        assertThat(certificates(folder.current())).containsExactly(TWO);
    }

    @Test
    void damagedFolderLeavesWhatWasReadBefore() throws Exception {
        put(from, ONE);
        putManifest(from, manifest(entry(ONE, "")));
        var _ = replaced();
        var folder = TrustFolder.open(to);
        putManifest(to, "{");
        assertThatThrownBy(folder::reload).isInstanceOf(TrustException.class);
        assertThat(certificates(folder.current())).containsExactly(ONE);
        assertThatThrownBy(() -> TrustFolder.open(to)).isInstanceOf(TrustException.class);
    }

    @Test
    void withdrawnAuthorityStaysAndSaysSo() throws Exception {
        put(from, ONE);
        putManifest(from, manifest(entry(ONE, ",\"withdrawn\":\"2026-10-02T00:00:00Z\"")));
        var authority = replaced().authorities().getFirst();
        assertThat(authority.withdrawn()).isTrue();
        assertThat(authority.root()).isTrue();
        assertThat(authority.vendor()).isEqualTo("A vendor");
    }

    @Test
    void ageIsKnown() throws Exception {
        put(from, ONE);
        putManifest(from, manifest(entry(ONE, "")));
        var trust = replaced();
        var half = UPDATED.plus(Trust.FRESH);
        assertThat(trust.age(half)).isEqualTo(Duration.ofDays(180));
        assertThat(trust.isOld(half)).isFalse();
        assertThat(trust.isOld(half.plusSeconds(1))).isTrue();
    }

    private void putManifestOf(Instant time, String... entries) throws Exception {
        putManifest(from, manifest(entries).replace(UPDATED.toString(), time.toString()));
    }

    @Test
    void listOfATimeToComeIsRefused() throws Exception {
        put(from, ONE);
        putManifestOf(UPDATED.plus(Duration.ofMinutes(6)), entry(ONE, ""));
        assertRefused("which is to come");
        putManifestOf(UPDATED.plus(Duration.ofMinutes(5)), entry(ONE, ""));
        assertThat(certificates(replaced())).containsExactly(ONE);
    }

    /// Else whoever has an old list brings back what was withdrawn since.
    @Test
    void olderListIsRefusedUnlessItIsWanted() throws Exception {
        put(from, ONE);
        putManifest(from, manifest(entry(ONE, ",\"withdrawn\":\"2026-10-02T00:00:00Z\"")));
        var _ = replaced();
        putManifestOf(UPDATED.minusSeconds(1), entry(ONE, ""));
        assertThatThrownBy(this::replaced)
                .isInstanceOf(TrustException.class)
                .hasMessageContaining("older than what is there");
        assertThat(TrustFolder.open(to).current().authorities().getFirst().withdrawn()).isTrue();
        var _ = TrustFolder.replace(to, from, UPDATED, true);
        assertThat(TrustFolder.open(to).current().authorities().getFirst().withdrawn()).isFalse();
        var _ = replaced();
    }

    @Test
    void damagedFolderIsReplacedWhateverItsAge() throws Exception {
        put(from, ONE);
        putManifest(from, manifest(entry(ONE, "")));
        var _ = replaced();
        putManifest(to, "{");
        assertThat(certificates(replaced())).containsExactly(ONE);
        assertThat(certificates(TrustFolder.open(to).current())).containsExactly(ONE);
    }

    @Test
    void twoImportsAtOnceDoNotMix() throws Exception {
        put(from, ONE);
        putManifest(from, manifest(entry(ONE, "")));
        Files.createDirectories(to);
        try (var file =
                        FileChannel.open(
                                to.resolve("lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var _ = file.lock()) {
            assertThatThrownBy(this::replaced)
                    .isInstanceOf(TrustException.class)
                    .hasMessageContaining("another import is at it");
            assertThat(to.resolve("manifest.json")).doesNotExist();
        }
        assertThat(certificates(replaced())).containsExactly(ONE);
    }

    /// Somebody writes into the folder while it is read: a file that was judged is not read again.
    @Test
    void whatIsWrittenIsWhatWasJudged() throws Exception {
        var pipe = from.resolve("manifest.json");
        put(from, ONE);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        var text = manifest(entry(ONE, ""));
        try (var once = Executors.newSingleThreadExecutor()) {
            // who opens it a second time waits for ever
            var written = once.submit(() -> Files.writeString(pipe, text));
            assertThat(certificates(replaced())).containsExactly(ONE);
            assertThat(written.get()).isEqualTo(pipe);
        }
        assertThat(Files.readString(to.resolve("manifest.json"))).isEqualTo(text);
        assertThat(certificates(TrustFolder.open(to).current())).containsExactly(ONE);
    }
}
