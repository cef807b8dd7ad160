package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.json.Json;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;

/// Keeps a login from one run of a program to the next, in a file of mode 0600: the refresh token,
/// which is worth nothing without the device key. It can be sealed besides.
///
/// One process at a time: two would use the same token twice, and so end the login.
public final class SessionFile {
    private static final int MAX_SIZE = 4096;

    private static final Seal NO_SEAL = new NoSeal();

    /// What stands for no login without any seal.
    private static final Bytes ENDED =
            Json.object()
                    .put("v", 1)
                    .put("refresh", "")
                    .put("until", Instant.EPOCH.toString())
                    .build()
                    .write();

    private final Path file;
    private final Seal seal;
    private volatile Kept kept;

    /// What seals the file's octets. Whoever calls closes what it gets.
    public interface Seal {
        Secret seal(Secret plain) throws Refused;

        /// Refused when they were not sealed so.
        Secret open(Secret sealed) throws Refused;
    }

    private record NoSeal() implements Seal {
        @Override
        public Secret seal(Secret plain) {
            return Secret.copyOf(plain.expose(), 0, plain.size());
        }

        @Override
        public Secret open(Secret sealed) {
            return seal(sealed);
        }
    }

    /// A login, as far as it is kept.
    ///
    /// @param refresh the refresh token; empty when there is no login
    /// @param until when the login ends, in the server's time
    /// @param binding of its tokens
    /// @param certificate of the device key, in DER; empty when none was needed yet
    record Kept(String refresh, Instant until, Binding binding, Bytes certificate) {
        static final Kept NONE = new Kept("", Instant.EPOCH, Binding.DPOP, Bytes.EMPTY);

        /// What is left when the login ends.
        Kept ended() {
            return new Kept("", Instant.EPOCH, Binding.DPOP, certificate);
        }

        boolean isLogin() {
            return !refresh.isEmpty();
        }

        @Override
        public String toString() {
            return "Kept[" + until + "]";
        }
    }

    private SessionFile(Path file, Seal seal, Kept kept) {
        this.file = file;
        this.seal = seal;
        this.kept = kept;
    }

    /// What is kept in `file`, nothing when it is not there yet; refused when others may read or
    /// change it.
    public static SessionFile at(Path file) throws Refused {
        return at(file, NO_SEAL);
    }

    /// The same, sealed.
    public static SessionFile at(Path file, Seal seal) throws Refused {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new SessionFile(file, seal, Kept.NONE);
        }
        var octets = read(file);
        if (octets.equals(ENDED)) {
            return new SessionFile(file, seal, Kept.NONE);
        }
        try (var sealed = Secret.owning(octets.toArray());
                var plain = seal.open(sealed)) {
            var members =
                    Json.members(
                            Json.parse(Bytes.of(plain.expose()), MAX_SIZE), "the session file");
            members.number("v", 1, 1);
            var read =
                    new Kept(
                            members.text("refresh"),
                            members.time("until"),
                            Binding.of(members.optionalText("binding")),
                            members.has("certificate")
                                    ? members.bytes("certificate")
                                    : Bytes.EMPTY);
            members.done();
            return new SessionFile(file, seal, read);
        } catch (MalformedException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + ": " + e.getMessage() + ".");
        }
    }

    private static Bytes read(Path file) throws Refused {
        return OwnFile.read(
                file,
                PosixFilePermission.GROUP_READ,
                PosixFilePermission.GROUP_WRITE,
                PosixFilePermission.OTHERS_READ,
                PosixFilePermission.OTHERS_WRITE);
    }

    /// Ends the login that is kept in `file`, whatever seals it: that need not be there. The server
    /// is not told.
    public static void end(Path file) throws Refused {
        OwnFile.replace(file, ENDED);
    }

    /// Whether [#end] was the last thing that became of it.
    public static boolean isEnded(Path file) throws Refused {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) && read(file).equals(ENDED);
    }

    /// Until when the login lasts, in the server's time; long ago when there is none.
    public Instant until() {
        return kept.isLogin() ? kept.until : Instant.EPOCH;
    }

    /// Ends the login here; the server is not told.
    public void forget() throws Refused {
        keep(kept.ended());
    }

    Kept now() {
        return kept;
    }

    void keep(Kept next) throws Refused {
        var written =
                Json.object()
                        .put("v", 1)
                        .put("refresh", next.refresh)
                        .put("until", next.until.toString());
        if (next.binding != Binding.DPOP) {
            written.put("binding", next.binding.word());
        }
        if (next.certificate.size() > 0) {
            written.put("certificate", next.certificate);
        }
        try (var plain = Secret.owning(written.build().write().toArray());
                var sealed = seal.seal(plain)) {
            OwnFile.replace(file, Bytes.of(sealed.expose()));
        }
        kept = next;
    }
}
