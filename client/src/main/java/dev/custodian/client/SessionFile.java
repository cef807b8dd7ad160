package dev.custodian.client;

import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;

/// Keeps a login from one run of a program to the next, in a file of mode 0600: the refresh token,
/// which is worth nothing without the device key.
///
/// One process at a time: two would use the same token twice, and so end the login.
public final class SessionFile {
    private static final int MAX_SIZE = 4096;

    private final Path file;
    private volatile Kept kept;

    /// A login, as far as it is kept.
    ///
    /// @param refresh the refresh token; empty when there is no login
    /// @param until when the login ends, in the server's time
    record Kept(String refresh, Instant until) {
        static final Kept NONE = new Kept("", Instant.EPOCH);

        boolean isLogin() {
            return !refresh.isEmpty();
        }

        @Override
        public String toString() {
            return "Kept[" + until + "]";
        }
    }

    private SessionFile(Path file, Kept kept) {
        this.file = file;
        this.kept = kept;
    }

    /// What is kept in `file`, nothing when it is not there yet; refused when others may read or
    /// change it.
    public static SessionFile at(Path file) throws Refused {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new SessionFile(file, Kept.NONE);
        }
        var octets =
                OwnFile.read(
                        file,
                        PosixFilePermission.GROUP_READ,
                        PosixFilePermission.GROUP_WRITE,
                        PosixFilePermission.OTHERS_READ,
                        PosixFilePermission.OTHERS_WRITE);
        try {
            var members = Json.members(Json.parse(octets, MAX_SIZE), "the session file");
            members.number("v", 1, 1);
            var read = new Kept(members.text("refresh"), members.time("until"));
            members.done();
            return new SessionFile(file, read);
        } catch (MalformedException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + ": " + e.getMessage() + ".");
        }
    }

    /// Until when the login lasts, in the server's time; long ago when there is none.
    public Instant until() {
        return kept.isLogin() ? kept.until : Instant.EPOCH;
    }

    /// Ends the login here; the server is not told.
    public void forget() throws Refused {
        keep(Kept.NONE);
    }

    Kept now() {
        return kept;
    }

    void keep(Kept next) throws Refused {
        OwnFile.replace(
                file,
                Json.object()
                        .put("v", 1)
                        .put("refresh", next.refresh)
                        .put("until", next.until.toString())
                        .build()
                        .write());
        kept = next;
    }
}
