package dev.custodian.server.trust;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.attest.Authority;
import dev.custodian.server.config.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A folder with a [Manifest] and the certificates that it names. Whoever reads it finds one state
/// or the next, never a mixture: a certificate's file is named by its hash and only the manifest is
/// ever replaced, in one step.
public final class TrustFolder {
    private static final String MANIFEST = "manifest.json";
    private static final int LONGEST_PEM = 1 << 16;

    private final Path folder;
    private volatile Trust current;

    private TrustFolder(Path folder, Trust current) {
        this.folder = folder;
        this.current = current;
    }

    /// Opens a folder; one that is not there trusts nobody.
    ///
    /// @throws TrustException when there is one and it is not right
    public static TrustFolder open(Path folder) throws TrustException {
        return new TrustFolder(folder, readOrNone(folder));
    }

    private static Trust readOrNone(Path folder) throws TrustException {
        return Files.exists(folder.resolve(MANIFEST))
                ? read(folder)
                : new Trust(Instant.EPOCH, List.of(), "");
    }

    /// What was read last.
    public Trust current() {
        return current;
    }

    /// Reads it again; what was read before stays when this fails.
    ///
    /// @return whether it is another one now
    public boolean reload() throws TrustException {
        var next = readOrNone(folder);
        boolean another = !next.digest().equals(current.digest());
        current = next;
        return another;
    }

    /// Reads a folder whole. When a certificate is gone, the manifest was replaced meanwhile: so it
    /// looks once more.
    static Trust read(Path folder) throws TrustException {
        var octets = manifest(folder);
        try {
            return read(folder, octets);
        } catch (TrustException e) {
            var again = manifest(folder);
            if (again.equals(octets)) {
                throw e;
            }
            return read(folder, again);
        }
    }

    private static Bytes manifest(Path folder) throws TrustException {
        return octets(folder.resolve(MANIFEST), Manifest.LONGEST);
    }

    private static Trust read(Path folder, Bytes octets) throws TrustException {
        var manifest = parse(folder, octets);
        var authorities = new ArrayList<Authority>();
        for (var entry : manifest.entries()) {
            authorities.add(
                    new Authority(
                            entry.name(),
                            entry.vendor(),
                            certificate(folder, entry),
                            entry.root(),
                            entry.withdrawn()));
        }
        return new Trust(manifest.updated(), authorities, Hashes.sha256(octets).hex());
    }

    private static Manifest parse(Path folder, Bytes octets) throws TrustException {
        try {
            return Manifest.parse(octets);
        } catch (MalformedException e) {
            throw new TrustException(folder.resolve(MANIFEST), String.valueOf(e.getMessage()));
        }
    }

    private static X509Certificate certificate(Path folder, Manifest.Entry entry)
            throws TrustException {
        var file = folder.resolve(entry.file());
        var pem = new String(octets(file, LONGEST_PEM).toArray(), StandardCharsets.US_ASCII);
        try {
            var blocks = Pem.read(pem, Pem.CERTIFICATE);
            if (blocks.size() != 1) {
                throw new TrustException(file, "not one certificate");
            }
            if (!Hashes.sha256(blocks.getFirst()).hex().equals(entry.sha256())) {
                throw new TrustException(file, "another certificate than the manifest names");
            }
            var in = new ByteArrayInputStream(blocks.getFirst().toArray());
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (IOException | CertificateException e) {
            throw new TrustException(file, "no certificate in PEM");
        }
    }

    private static Bytes octets(Path file, int most) throws TrustException {
        try (var in = Files.newInputStream(file)) {
            var octets = in.readNBytes(most + 1);
            if (octets.length > most) {
                throw new TrustException(file, "too long");
            }
            return Bytes.of(octets);
        } catch (NoSuchFileException e) {
            throw new TrustException(file, "not there");
        } catch (IOException e) {
            throw new TrustException(file, "cannot be read");
        }
    }

    /// Puts what is in one folder in the place of what is in another, after it was read whole. A
    /// reader finds the one or the other; a crash leaves one of them.
    ///
    /// @return what is there now
    public static Trust replace(Path folder, Path from) throws TrustException {
        var octets = manifest(from);
        var next = read(from, octets);
        var names = new HashSet<String>();
        try {
            Files.createDirectories(folder);
            for (var entry : parse(from, octets).entries()) {
                names.add(entry.file());
                write(folder, entry.file(), octets(from.resolve(entry.file()), LONGEST_PEM));
            }
            write(folder, MANIFEST, octets);
            sync(folder);
            removeAllBut(folder, names);
        } catch (IOException e) {
            throw new TrustException(folder, "cannot be written");
        }
        return next;
    }

    private static void write(Path folder, String name, Bytes octets) throws IOException {
        var draft = folder.resolve(name + ".new");
        try (var file =
                FileChannel.open(
                        draft,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (var rest = ByteBuffer.wrap(octets.toArray()); rest.hasRemaining(); ) {
                var _ = file.write(rest);
            }
            file.force(true);
        }
        Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void sync(Path folder) throws IOException {
        try (var file = FileChannel.open(folder, StandardOpenOption.READ)) {
            file.force(true);
        }
    }

    /// What the former manifest named and this one does not.
    private static void removeAllBut(Path folder, Set<String> names) throws IOException {
        try (var files = Files.newDirectoryStream(folder, "*.pem")) {
            for (var file : files) {
                if (names.stream().noneMatch(file::endsWith)) {
                    Files.delete(file);
                }
            }
        }
    }
}
