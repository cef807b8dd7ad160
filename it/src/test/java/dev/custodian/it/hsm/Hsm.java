package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.CKM_AES_KEY_WRAP_KWP;
import static dev.custodian.server.vault.pkcs11.Cryptoki.CKM_AES_KEY_WRAP_PAD;

import dev.custodian.core.Secret;
import dev.custodian.it.Program;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.WrappingMechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A token of a module of others, made in a folder.
///
/// @param folder that it was made in
/// @param environment where the module finds it
/// @param reserved what C_Initialize is told of it
/// @param wrapping the mechanism that wraps private keys
public record Hsm(
        String name,
        Path folder,
        Path library,
        Map<String, String> environment,
        @Nullable String reserved,
        String label,
        String pin,
        String officerPin,
        long wrapping) {
    private static final Path SYSTEM = Path.of("/usr/lib/x86_64-linux-gnu");
    private static final Path SOFT_HSM = Path.of("/usr/lib/softhsm/libsofthsm2.so");
    private static final String TOKENS = "tokens";

    /// SoftHSM 2 of Debian, with a token and a second one. The library is a copy of its own: what a
    /// test leaves in it is gone for the next.
    public static Hsm softHsm(Path folder) throws Exception {
        var tokens = Files.createDirectories(folder.resolve(TOKENS));
        var config = folder.resolve("softhsm2.conf");
        Files.writeString(
                config,
                """
                directories.tokendir = %s
                objectstore.backend = file
                log.level = ERROR
                """
                        .formatted(tokens));
        var hsm =
                new Hsm(
                        "SoftHSM",
                        folder,
                        Files.copy(SOFT_HSM, folder.resolve("libsofthsm2.so")),
                        Map.of("SOFTHSM2_CONF", config.toString()),
                        null,
                        "vault",
                        "1234-user",
                        "5678-officer",
                        CKM_AES_KEY_WRAP_PAD);
        hsm.initSoftHsm(hsm.label());
        hsm.initSoftHsm("another");
        return hsm;
    }

    private void initSoftHsm(String token) throws Exception {
        var line =
                List.of(
                        "softhsm2-util",
                        "--init-token",
                        "--free",
                        "--label",
                        token,
                        "--pin",
                        pin,
                        "--so-pin",
                        officerPin);
        Program.run(Program.HOME, environment, line).orFail();
    }

    /// NSS, whose user PIN is the officer's too.
    static Hsm nss(Path folder) throws Exception {
        var database = Files.createDirectories(folder.resolve("nss"));
        var pin = folder.resolve("nss.pin");
        Files.writeString(pin, "1234-user\n");
        Program.run("certutil", "-N", "-d", "sql:" + database, "-f", pin.toString()).orFail();
        return new Hsm(
                "NSS softokn",
                folder,
                SYSTEM.resolve("libsoftokn3.so"),
                Map.of(),
                "configdir='sql:%s' certPrefix='' keyPrefix='' secmod='secmod.db' flags="
                        .formatted(database),
                "NSS Certificate DB",
                "1234-user",
                "1234-user",
                CKM_AES_KEY_WRAP_KWP);
    }

    /// Kryoptic, as `build/kryoptic.sh` made it, with a token and a second one.
    static Hsm kryoptic(Path folder) throws Exception {
        var config = folder.resolve("kryoptic.conf");
        Files.writeString(
                config,
                """
                [[slots]]
                slot = 1
                dbtype = "sqlite"
                dbargs = "%1$s/vault.sql"

                [[slots]]
                slot = 2
                dbtype = "sqlite"
                dbargs = "%1$s/another.sql"
                """
                        .formatted(folder));
        var hsm =
                new Hsm(
                        "Kryoptic",
                        folder,
                        Program.HOME.resolve("target/kryoptic/release/libhsm_kryoptic.so"),
                        Map.of("KRYOPTIC_CONF", config.toString()),
                        null,
                        "vault",
                        "1234-user",
                        "5678-officer",
                        CKM_AES_KEY_WRAP_KWP);
        hsm.initByTool("1", hsm.label());
        hsm.initByTool("2", "another");
        return hsm;
    }

    private void initByTool(String slot, String token) throws Exception {
        tool(slot, "--init-token", "--label", token, "--so-pin", officerPin);
        tool(
                slot,
                "--login",
                "--login-type",
                "so",
                "--so-pin",
                officerPin,
                "--init-pin",
                "--new-pin",
                pin);
    }

    private void tool(String slot, String... arguments) throws Exception {
        var line =
                new ArrayList<>(
                        List.of("pkcs11-tool", "--module", library.toString(), "--slot", slot));
        line.addAll(List.of(arguments));
        Program.run(Program.HOME, environment, line).orFail();
    }

    /// The same token by another library.
    Hsm in(Path other, Map<String, String> environment) {
        return new Hsm(
                name, folder, other, environment, reserved, label, pin, officerPin, wrapping);
    }

    /// The mechanism that wraps, as a configuration names it.
    public WrappingMechanism mechanism() {
        return wrapping == CKM_AES_KEY_WRAP_PAD
                ? WrappingMechanism.AES_KEY_WRAP_PAD
                : WrappingMechanism.AES_KEY_WRAP_KWP;
    }

    /// The folder of SoftHSM's files.
    public Path softHsmFiles() {
        return folder.resolve(TOKENS);
    }

    /// What a server says of this token, or of the other one.
    HsmConfig config(String token, int residentKeys) {
        return new HsmConfig(
                library,
                token,
                folder.resolve("pin"),
                mechanism(),
                folder.resolve("wrapping-key-" + token + ".toml"),
                4,
                10,
                30,
                residentKeys,
                Objects.requireNonNullElse(reserved, ""));
    }

    /// The same of a server that has little patience.
    ///
    /// @param seconds most to wait, for a session and for an answer
    HsmConfig config(int sessions, int seconds) {
        var usual = config(label, 1_000);
        return new HsmConfig(
                usual.module(),
                usual.token(),
                usual.pin(),
                usual.mechanism(),
                usual.wrappingKey(),
                sessions,
                seconds,
                seconds,
                usual.residentKeys(),
                usual.reserved());
    }

    /// Loads the module into this process.
    Pkcs11Module load() throws Pkcs11Failure {
        environment.forEach(Environment::set);
        return Pkcs11Module.load(library, reserved);
    }

    Secret userPin() {
        return secret(pin);
    }

    Secret officer() {
        return secret(officerPin);
    }

    static Secret secret(String text) {
        return Secret.owning(text.getBytes(StandardCharsets.UTF_8));
    }
}
