package dev.custodian.cli;

import dev.custodian.client.Credentials;
import dev.custodian.client.DeviceSession;
import dev.custodian.client.PinnedServer;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// Lines for another terminal that talk to the demo's server with curl.
///
/// Tokens are bound to a key of this process (DPoP, RFC 9449), so curl alone could not use one:
/// token and proof lie in a file of the demo's folder for each call, and are made anew before they
/// grow old.
final class CurlLines {
    private static final String LIST = "credentials/list";
    private static final String INFO = "credentials/info";
    private static final String RECORDS = "journal/records";

    private final DeviceSession session;
    private final DemoFolder folder;
    private final String start;
    private final String base;
    private final Id credential;

    private CurlLines(
            DeviceSession session, DemoFolder folder, String start, String base, Id credential) {
        this.session = session;
        this.folder = folder;
        this.start = start;
        this.base = base;
        this.credential = credential;
    }

    static CurlLines of(Demo.Played played, DemoFolder folder, Clock clock) throws Refused {
        var known = played.device().memory().now();
        try (var server = PinnedServer.meet(known.server(), known.thumbprint(), clock)) {
            // The certificate is the server's own; what counts is its key, as for our client.
            var pin = server.identity().tls().getFirst().base64();
            var start = "curl -sk --pinnedpubkey 'sha256//" + pin + "' ";
            return new CurlLines(
                    played.session(),
                    folder,
                    start,
                    server.root().toString(),
                    played.result().credential().id());
        }
    }

    /// The lines, each whole.
    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(start + base + "/identity");
        lines.add(start + "-H 'Content-Type: application/json' -d '{}' " + method("info"));
        lines.add(authorized(LIST, "{}"));
        lines.add(authorized(INFO, "{\"credentialID\":\"" + credential + "\"}"));
        lines.add(authorized(RECORDS, "{\"chain\":\"" + credential + "\",\"from\":1}"));
        return lines;
    }

    /// The lines with what a reader has to know about them.
    List<String> text() {
        var text = new ArrayList<String>();
        text.add("");
        text.add("The server answers in another terminal, as long as this runs:");
        lines().forEach(line -> text.add("  " + line));
        text.add(
                "Tokens are bound to a key of this process (DPoP). Each file after -H @ holds one, and");
        text.add(
                "a proof for that one call, renewed every minute. There is no line that signs: each");
        text.add("signature needs an approval by PIN and device key.");
        return text;
    }

    private String authorized(String method, String body) {
        return start + "-H @" + Words.shell(file(method)) + " -d '" + body + "' " + method(method);
    }

    private String method(String name) {
        return base + "/csc/v2/" + name;
    }

    private Path file(String method) {
        return folder.resolve(method.replace('/', '-') + ".headers");
    }

    /// Makes the proofs anew: they are good for some minutes.
    void renew() throws Refused {
        // brings the server's newest nonce
        new Credentials(session).list();
        for (var method : List.of(LIST, INFO, RECORDS)) {
            var text = new StringBuilder("Content-Type: application/json\n");
            session.headers(method)
                    .forEach((name, value) -> text.append(name + ": " + value + "\n"));
            write(file(method), text.toString());
        }
    }

    /// Whole or not at all: curl may be reading.
    private static void write(Path file, String text) throws Refused {
        try {
            var draft = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(draft);
            Files.createFile(
                    draft,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(draft, text);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException _) {
            throw new Refused(FailureKind.DISK_FULL, file + " could not be written.");
        }
    }
}
