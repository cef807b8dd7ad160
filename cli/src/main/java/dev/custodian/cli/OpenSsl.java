package dev.custodian.cli;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.Credential;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A program of others that signs with the same key: openssl, through its PKCS#11 engine, p11-kit's
/// client module and the agent's socket.
final class OpenSsl {
    private static final String CLIENT = "pkcs11/p11-kit-client.so";
    private static final List<String> LIBRARIES =
            List.of("/usr/lib", "/usr/lib64", "/usr/local/lib");

    /// The agent's question stays for two minutes.
    private static final int LIMIT_SECONDS = 150;

    /// Of a program that Ctrl-C ended; it is on our terminal, where the agent asks.
    private static final int STOPPED = 130;

    private final DemoFolder folder;
    private final Path socket;
    private final @Nullable Path client;

    private OpenSsl(DemoFolder folder, Path socket, @Nullable Path client) {
        this.folder = folder;
        this.socket = socket;
        this.client = client;
    }

    /// @param socket of the agent's PKCS#11 door
    static OpenSsl through(Path socket, DemoFolder folder) {
        return new OpenSsl(folder, socket, client());
    }

    private static @Nullable Path client() {
        for (var library : LIBRARIES) {
            var top = Path.of(library);
            if (Files.exists(top.resolve(CLIENT))) {
                return top.resolve(CLIENT);
            }
            try (var folders = Files.newDirectoryStream(top, "*-linux-*")) {
                for (var one : folders) {
                    if (Files.exists(one.resolve(CLIENT))) {
                        return one.resolve(CLIENT);
                    }
                }
            } catch (IOException _) {
                // no such folder on this system
            }
        }
        return null;
    }

    /// What is not installed of what is needed; empty when all is there.
    String missing() throws Refused, InterruptedException {
        if (run("version").exit < 0) {
            return "openssl is not installed";
        }
        if (!run("engine", "-t", "pkcs11").said.contains("[ available ]")) {
            return "its PKCS#11 engine is not installed (Debian: libengine-pkcs11-openssl)";
        }
        return client == null
                ? "p11-kit's client module is not installed (Debian: p11-kit-modules)"
                : "";
    }

    /// Has openssl sign a text of its own and check the signature with the certificate's key.
    ///
    /// @return one line that says what became of it
    String sign(Credential credential) throws Refused, InterruptedException {
        var text = folder.resolve("openssl.txt");
        var signature = folder.resolve("openssl.sig");
        var key = folder.resolve("openssl.pem");
        write(text, "Signed by openssl.\n");
        write(key, pem(credential.publicKey()));
        var signed =
                run(
                        "dgst",
                        "-sha256",
                        "-engine",
                        "pkcs11",
                        "-keyform",
                        "engine",
                        "-sign",
                        "pkcs11:token=Custodian;object=" + label(credential) + ";type=private",
                        "-out",
                        signature.toString(),
                        text.toString());
        if (signed.exit != 0) {
            return "openssl did not sign: " + signed.lastLine();
        }
        var checked =
                run(
                        "dgst",
                        "-sha256",
                        "-verify",
                        key.toString(),
                        "-signature",
                        signature.toString(),
                        text.toString());
        if (checked.exit != 0) {
            return "openssl signed, and does not accept its signature: " + checked.lastLine();
        }
        return "The same key signed through openssl (PKCS#11, p11-kit), and openssl accepts it: "
                + checked.lastLine();
    }

    /// As the PKCS#11 door names the first key of its kind.
    private static String label(Credential credential) {
        return credential.purpose().text()
                + "-"
                + credential.algorithm().display().toLowerCase(Locale.ROOT);
    }

    private static String pem(Bytes publicKey) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(publicKey.toArray())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static void write(Path file, String text) throws Refused {
        try {
            Files.writeString(file, text);
        } catch (IOException _) {
            throw new Refused(FailureKind.DISK_FULL, file + " could not be written.");
        }
    }

    /// How openssl ended.
    ///
    /// @param exit -1 when it could not be started or did not end
    private record Ran(int exit, String said) {
        String lastLine() {
            return Words.printable(said.lines().reduce("", (_, line) -> line));
        }
    }

    private Ran run(String... arguments) throws Refused, InterruptedException {
        var line = new ArrayList<>(List.of("openssl"));
        line.addAll(List.of(arguments));
        var said = folder.resolve("openssl.log");
        var builder =
                new ProcessBuilder(line)
                        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile());
        var environment = builder.environment();
        environment.put("LC_ALL", "C");
        environment.put("P11_KIT_SERVER_ADDRESS", address());
        if (client != null) {
            environment.put("PKCS11_MODULE_PATH", client.toString());
        }
        try {
            var process = builder.start();
            try {
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    return new Ran(-1, "it did not end");
                }
                if (process.exitValue() == STOPPED) {
                    throw new InterruptedException("openssl was stopped");
                }
                return new Ran(
                        process.exitValue(),
                        new String(Files.readAllBytes(said), StandardCharsets.UTF_8));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException _) {
            return new Ran(-1, "it could not be started");
        }
    }

    private String address() {
        return "unix:path=" + SetupPkcs11Command.escaped(socket.toString());
    }
}
