package dev.custodian.it;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/// OpenSSH's server on this machine, for the user who runs the test, with a host key of its own.
final class SshDaemon implements AutoCloseable {
    private final Path folder;
    private final Process process;
    private final int port;

    private SshDaemon(Path folder, Process process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
    }

    static SshDaemon start(Path folder) throws Exception {
        int port = Fork.port();
        var key = folder.resolve("host");
        Program.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).orFail();
        var config = folder.resolve("sshd_config");
        Files.writeString(
                config,
                """
                Port %d
                ListenAddress 127.0.0.1
                HostKey %s
                AuthorizedKeysFile %s
                PermitRootLogin yes
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PidFile none
                """
                        .formatted(port, key, folder.resolve("authorized_keys")));
        if ("root".equals(System.getProperty("user.name"))) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        var host = Files.readString(folder.resolve("host.pub")).split(" ", 3);
        Files.writeString(
                folder.resolve("known_hosts"),
                "[127.0.0.1]:" + port + " " + host[0] + " " + host[1] + "\n");
        var process =
                new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.to(folder.resolve("sshd.log").toFile()))
                        .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || listens(port));
        return new SshDaemon(folder, process, port);
    }

    private static boolean listens(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    void authorize(String keys) throws IOException {
        Files.writeString(folder.resolve("authorized_keys"), keys);
    }

    /// The command that logs in with one key and says `worked` there.
    List<String> login(Path publicKey) {
        return List.of(
                "ssh",
                "-F",
                "none",
                "-p",
                Integer.toString(port),
                "-o",
                "BatchMode=yes",
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityFile=" + publicKey,
                "-o",
                "UserKnownHostsFile=" + folder.resolve("known_hosts"),
                "127.0.0.1",
                "echo worked");
    }

    /// Writes an `ssh_config` in which this daemon is the host `server`.
    Path config() throws IOException {
        return Files.writeString(
                folder.resolve("ssh_config"),
                """
                Host server
                HostName 127.0.0.1
                Port %d
                UserKnownHostsFile %s
                """
                        .formatted(port, folder.resolve("known_hosts")));
    }

    /// As ssh shows it: `SHA256:…`.
    String fingerprint() throws Exception {
        return Program.run("ssh-keygen", "-l", "-f", folder.resolve("host.pub").toString())
                .orFail()
                .out()
                .split(" ", 3)[1];
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
