package dev.custodian.it.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A small file system in memory, mounted over the data folder for one server alone. What that
/// server leaves there is the data folder from then on.
final class SmallDisk implements AutoCloseable {
    private static final int ROOM_MEGABYTES = 4;

    /// The server may end in any way, killed too: what is left of its folder is copied back.
    private static final String SCRIPT =
            """
            mount -t tmpfs -o size=$2k tmpfs "$1"
            cp -a "$1.before/." "$1/"
            shift 2
            "$@" || true
            cp -a "$0/." "$0.after/"
            """;

    private final Path data;
    private final Path before;
    private final Path after;

    SmallDisk(Estate estate) throws IOException {
        data = estate.data();
        before = data.resolveSibling("data.before");
        after = Files.createDirectory(data.resolveSibling("data.after"));
        Files.move(data, before);
        Files.createDirectory(data);
    }

    /// What stands before the line that runs the server.
    List<String> before() throws IOException {
        long kilobytes = ROOM_MEGABYTES * 1024;
        try (var files = Files.list(before)) {
            for (var file : files.toList()) {
                kilobytes += Files.size(file) / 1024 + 4;
            }
        }
        return List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-ec",
                SCRIPT,
                data.toString(),
                data.toString(),
                "" + kilobytes);
    }

    private Path filler(ServerProcess server) {
        return Path.of("/proc/" + server.pid() + "/root" + data.resolve("filler"));
    }

    /// Takes all room that there is.
    void fill(ServerProcess server) throws IOException {
        try (var out = Files.newOutputStream(filler(server))) {
            while (true) {
                out.write(new byte[512]);
            }
        } catch (IOException e) {
            if (!Files.exists(filler(server))) {
                throw e;
            }
        }
    }

    void makeRoom(ServerProcess server) throws IOException {
        Files.delete(filler(server));
    }

    /// To be closed after the server has ended.
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(after.resolve("filler"));
        Files.delete(data);
        Files.move(after, data);
        try (var files = Files.list(before)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(before);
    }
}
