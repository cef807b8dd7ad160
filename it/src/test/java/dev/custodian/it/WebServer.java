package dev.custodian.it;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/// nginx on this machine, which lets in whoever has a certificate of a CA or one that it is given,
/// and says whose it is.
public final class WebServer implements AutoCloseable {
    private final Process process;
    private final int port;
    private final Path certificate;

    private WebServer(Process process, int port, Path certificate) {
        this.process = process;
        this.port = port;
        this.certificate = certificate;
    }

    /// Starts it in `folder`, where its own certificate is `server.pem`.
    ///
    /// @param ca PEM file of whom it trusts, which may be one self-signed certificate
    public static WebServer start(Path folder, Path ca) throws Exception {
        int port = Fork.port();
        Program.run(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=DNS:localhost",
                        "-days",
                        "2",
                        "-keyout",
                        folder.resolve("server.key").toString(),
                        "-out",
                        folder.resolve("server.pem").toString())
                .orFail();
        var config = folder.resolve("nginx.conf");
        Files.writeString(
                config,
                """
                daemon off;
                master_process off;
                error_log stderr;
                pid %1$s/nginx.pid;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    server {
                        listen 127.0.0.1:%2$d ssl;
                        ssl_certificate %1$s/server.pem;
                        ssl_certificate_key %1$s/server.key;
                        ssl_protocols TLSv1.2 TLSv1.3;
                        ssl_client_certificate %3$s;
                        ssl_verify_client on;
                        return 200 "$ssl_client_verify $ssl_client_s_dn\\n";
                    }
                }
                """
                        .formatted(folder, port, ca));
        var process =
                new ProcessBuilder("/usr/sbin/nginx", "-c", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.to(folder.resolve("nginx.log").toFile()))
                        .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || listens(port));
        if (!process.isAlive()) {
            throw new AssertionError(Files.readString(folder.resolve("nginx.log")));
        }
        return new WebServer(process, port, folder.resolve("server.pem"));
    }

    private static boolean listens(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    public Path certificate() {
        return certificate;
    }

    public String url() {
        return "https://localhost:" + port + "/";
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
