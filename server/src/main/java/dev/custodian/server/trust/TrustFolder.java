package dev.custodian.server.trust;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.attest.Authority;
import dev.custodian.server.config.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A folder with a [Manifest] and the certificates that it names. Whoever reads it finds one state
/// or the next, never a mixture: a certificate's file is named by its hash and only the manifest is
/// ever replaced, in one step.
public final class TrustFolder {
    private static final String MANIFEST = "manifest.json";
    private static final String LOCK = "lock";
    private static final int LONGEST_PEM = 1 << 16;

    /// By how much a list may be of a time to come.
    private static final Duration CLOCKS_APART = Duration.ofMinutes(5);

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

    /// Reads a file of the folder, by its name.
    private interface Reading {
        Bytes read(String name) throws TrustException;
    }

    private static Trust read(Path folder, Bytes octets) throws TrustException {
        return read(folder, octets, name -> octets(folder.resolve(name), LONGEST_PEM));
    }

    private static Trust read(Path folder, Bytes octets, Reading files) throws TrustException {
        var manifest = parse(folder, octets);
        var authorities = new ArrayList<Authority>();
        for (var entry : manifest.entries()) {
            authorities.add(
                    new Authority(
                            entry.name(),
                            entry.vendor(),
                            certificate(folder, entry, files.read(entry.file())),
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

    private static X509Certificate certificate(Path folder, Manifest.Entry entry, Bytes octets)
            throws TrustException {
        var file = folder.resolve(entry.file());
        var pem = new String(octets.toArray(), StandardCharsets.US_ASCII);
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

    /// Puts what is in one folder in the place of what is in another, after it was read whole and
    /// once: what is judged is what is written. A reader finds the one or the other; a crash leaves
    /// one of them. One at a time.
    ///
    /// An older list than the one that is there would bring back what was withdrawn since.
    ///
    /// @param now refused when the list says that it was made later
    /// @param older whether it may be older than the one that is there
    /// @return what is there now
    /// @throws TrustException also when another is at it
    public static Trust replace(Path folder, Path from, Instant now, boolean older)
            throws TrustException {
        var copy = Copy.of(from);
        if (copy.trust.updated().isAfter(now.plus(CLOCKS_APART))) {
            throw new TrustException(
                    from.resolve(MANIFEST),
                    "it says that it is of " + copy.trust.updated() + ", which is to come");
        }
        try {
            Files.createDirectories(folder);
            try (var file = FileChannel.open(folder.resolve(LOCK), CREATE, WRITE);
                    var lock = file.tryLock()) {
                if (lock == null) {
                    throw new TrustException(folder, "another import is at it");
                }
                if (!older) {
                    requireNotOlder(folder, from, copy.trust);
                }
                copy.writeTo(folder);
            } catch (OverlappingFileLockException e) {
                throw new TrustException(folder, "another import is at it");
            }
        } catch (IOException e) {
            throw new TrustException(folder, "cannot be written");
        }
        return copy.trust;
    }

    /// Nothing is older than a folder that cannot be read: an import is how that is mended.
    private static void requireNotOlder(Path folder, Path from, Trust next) throws TrustException {
        Instant there;
        try {
            there = readOrNone(folder).updated();
        } catch (TrustException e) {
            return;
        }
        if (next.updated().isBefore(there)) {
            throw new TrustException(
                    from.resolve(MANIFEST),
                    "it is of "
                            + next.updated()
                            + ", older than what is there, of "
                            + there
                            + ", and could bring back what was withdrawn since");
        }
    }

    /// What a folder held when each of its files was read, once.
    ///
    /// @param files by their names, the manifest aside
    private record Copy(Bytes manifest, Map<String, Bytes> files, Trust trust) {
        static Copy of(Path from) throws TrustException {
            var octets = TrustFolder.manifest(from);
            var files = new LinkedHashMap<String, Bytes>();
            var trust =
                    read(
                            from,
                            octets,
                            name -> {
                                var file = octets(from.resolve(name), LONGEST_PEM);
                                files.put(name, file);
                                return file;
                            });
            return new Copy(octets, files, trust);
        }

        void writeTo(Path folder) throws IOException {
            for (var file : files.entrySet()) {
                write(folder, file.getKey(), file.getValue());
            }
            write(folder, MANIFEST, manifest);
            sync(folder);
            removeAllBut(folder, files.keySet());
        }
    }

    private static void write(Path folder, String name, Bytes octets) throws IOException {
        var draft = folder.resolve(name + ".new");
        try (var file =
                FileChannel.open(draft, CREATE, StandardOpenOption.TRUNCATE_EXISTING, WRITE)) {
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
