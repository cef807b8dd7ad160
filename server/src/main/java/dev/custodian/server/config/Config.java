package dev.custodian.server.config;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The configuration: read once, checked whole, never changed. Secrets are files that it names.
///
/// @param url where clients reach the server, `https://host[:port]`; empty for where it listens
/// @param host address or name to listen on
/// @param port TCP port; 0 takes any free one
/// @param folder the data folder
/// @param identity PEM file of the identity key
/// @param journal PEM file of the journal's key
/// @param tls PEM file of the TLS key and its certificate chain
/// @param master file of the master key of the embedded vault
/// @param passphrase file of the passphrase that the master key is sealed under; null where it is
///   typed, or there is none
/// @param hsm the device of the HSM vault; null when the vault is the embedded one
/// @param former whether the embedded vault was there before the HSM, and still opens what it made
/// @param logFormat how log lines look
/// @param logLevel the least level of lines: error, warn, info or debug
/// @param binding of tokens
/// @param tpmRoots folder that says whose TPMs are trusted; null when devices are not asked for
///   proof by one
/// @param pivRoots the same for cards
/// @param recoveryDelay between a right recovery code and the new device
/// @param name what the service calls itself
/// @param region ISO 3166-1 alpha-2
/// @param description one sentence about the service
public record Config(
        String url,
        String host,
        int port,
        Path folder,
        Path identity,
        Path journal,
        Path tls,
        Path master,
        @Nullable Path passphrase,
        @Nullable HsmConfig hsm,
        boolean former,
        LogFormat logFormat,
        String logLevel,
        Binding binding,
        @Nullable Path tpmRoots,
        @Nullable Path pivRoots,
        Duration recoveryDelay,
        String name,
        String region,
        String description) {
    private static final int LARGEST = 64 << 10;
    private static final int LONGEST_TEXT = 255;
    private static final int RECOVERY_HOURS = 72;
    private static final int LONGEST_RECOVERY_HOURS = 720;
    private static final List<String> LEVELS = List.of("error", "warn", "info", "debug");

    /// Reads and checks a file.
    ///
    /// @throws Refused `CONFIG_WRONG`, naming what is wrong and where
    public static Config read(Path file) throws Refused {
        try {
            if (Files.size(file) > LARGEST) {
                throw new Refused(FailureKind.CONFIG_WRONG, file + " is too large.");
            }
            return parse(file, Files.readString(file));
        } catch (IOException e) {
            throw new Refused(
                    FailureKind.CONFIG_WRONG,
                    file + " cannot be read. To make one: custodian-server init --dir FOLDER");
        }
    }

    /// Whether this is of the form `https://host[:port]`.
    public static boolean isBase(String url) {
        try {
            var uri = new URI(url);
            return "https".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && url.equals("https://" + uri.getRawAuthority());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /// A text as the configuration writes it.
    public static String quote(String text) {
        return Toml.quote(text);
    }

    /// Reads the text of `file`; relative paths in it are taken from the file's folder.
    public static Config parse(Path file, String text) throws Refused {
        var toml = Toml.parse(file, text);
        var here = file.toAbsolutePath().normalize().getParent();
        if (here == null) {
            throw new Refused(FailureKind.CONFIG_WRONG, file + " is no file.");
        }
        var folder = here.resolve(toml.text("data.folder", ".")).normalize();
        var config =
                new Config(
                        url(toml),
                        toml.text("listen.host", "127.0.0.1"),
                        (int) toml.number("listen.port", 8443, 0, 65535),
                        folder,
                        folder.resolve(toml.text("keys.identity", "identity.pem")).normalize(),
                        folder.resolve(toml.text("keys.journal", "journal.pem")).normalize(),
                        folder.resolve(toml.text("keys.tls", "tls.pem")).normalize(),
                        folder.resolve(toml.text("keys.master", "master.key")).normalize(),
                        passphrase(toml, folder),
                        HsmConfig.isAskedFor(toml) ? HsmConfig.of(toml, folder) : null,
                        HsmConfig.isSuccessor(toml),
                        LogFormat.valueOf(
                                toml.choice("log.format", "json", List.of("json", "text"))
                                        .toUpperCase(Locale.ROOT)),
                        toml.choice("log.level", "info", LEVELS),
                        Binding.valueOf(
                                toml.choice("sessions.binding", "dpop", List.of("dpop", "tls"))
                                        .toUpperCase(Locale.ROOT)),
                        roots(toml, folder, "devices.tpm_roots"),
                        roots(toml, folder, "devices.piv_roots"),
                        Duration.ofHours(
                                toml.number(
                                        "recovery.delay_hours",
                                        RECOVERY_HOURS,
                                        0,
                                        LONGEST_RECOVERY_HOURS)),
                        toml.text("service.name", "Custodian", LONGEST_TEXT),
                        region(toml),
                        toml.text(
                                "service.description",
                                "Signs what an enrolled device approves.",
                                LONGEST_TEXT));
        toml.done();
        config.checkReachable(toml);
        return config;
    }

    private static String url(Toml toml) throws Refused {
        var text = toml.text("url", "");
        if (!text.isEmpty() && !isBase(text)) {
            throw toml.wrong("url", "is not of the form https://host[:port]");
        }
        return text;
    }

    private static @Nullable Path passphrase(Toml toml, Path folder) throws Refused {
        var file = toml.text("keys.passphrase", "");
        return file.isEmpty() ? null : folder.resolve(file).normalize();
    }

    private static @Nullable Path roots(Toml toml, Path folder, String key) throws Refused {
        var named = toml.text(key, "");
        return named.isEmpty() ? null : folder.resolve(named).normalize();
    }

    private static String region(Toml toml) throws Refused {
        var region = toml.text("service.region", "EU");
        if (!region.matches("[A-Z]{2}")) {
            throw toml.wrong("service.region", "is not two capital letters");
        }
        return region;
    }

    private void checkReachable(Toml toml) throws Refused {
        if (url.isEmpty() && (host.equals("0.0.0.0") || host.equals("::"))) {
            throw toml.wrong("url", "must say where clients reach a server that listens anywhere");
        }
    }

    /// Where clients reach the server.
    ///
    /// @param listening the port it listens on
    public URI base(int listening) {
        if (!url.isEmpty()) {
            return URI.create(url);
        }
        return URI.create(
                "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + listening);
    }

    /// The folders that say whose hardware is trusted, for each kind of proof that devices are
    /// asked for.
    public Map<ProofKind, Path> roots() {
        var roots = new EnumMap<ProofKind, Path>(ProofKind.class);
        if (tpmRoots != null) {
            roots.put(ProofKind.TPM, tpmRoots);
        }
        if (pivRoots != null) {
            roots.put(ProofKind.PIV, pivRoots);
        }
        return roots;
    }

    /// The database.
    public Path database() {
        return folder.resolve("custodian.db");
    }

    /// The whole configuration as a file would say it.
    public String toToml() {
        return """
        url = %s

        [listen]
        host = %s
        port = %d

        [data]
        folder = %s

        [keys]
        identity = %s
        journal = %s
        tls = %s
        master = %s
        passphrase = %s

        [vault]
        %s
        [log]
        format = %s
        level = %s

        [sessions]
        binding = %s

        [devices]
        tpm_roots = %s
        piv_roots = %s

        [recovery]
        delay_hours = %d

        [service]
        name = %s
        region = %s
        description = %s
        """
                .formatted(
                        Toml.quote(url),
                        Toml.quote(host),
                        port,
                        Toml.quote(folder.toString()),
                        Toml.quote(identity.toString()),
                        Toml.quote(journal.toString()),
                        Toml.quote(tls.toString()),
                        Toml.quote(master.toString()),
                        Toml.quote(passphrase == null ? "" : passphrase.toString()),
                        hsm == null ? "kind = \"embedded\"\n" : hsm.toToml(former),
                        Toml.quote(logFormat.text()),
                        Toml.quote(logLevel),
                        Toml.quote(binding.name().toLowerCase(Locale.ROOT)),
                        Toml.quote(tpmRoots == null ? "" : tpmRoots.toString()),
                        Toml.quote(pivRoots == null ? "" : pivRoots.toString()),
                        recoveryDelay.toHours(),
                        Toml.quote(name),
                        Toml.quote(region),
                        Toml.quote(description));
    }
}
