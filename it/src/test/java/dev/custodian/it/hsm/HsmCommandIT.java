package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Id;
import dev.custodian.it.Program;
import dev.custodian.server.config.KnownKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `custodian-server hsm` as an operator types it.
class HsmCommandIT {
    private static final Pattern SHARE = Pattern.compile("([A-Z2-7]{4}-){17}[A-Z2-7]{4}");
    private static final String NUMBER = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    private static final String OWNER = Id.Kind.OWNER.prefix() + NUMBER;
    private static final String CREDENTIAL = Id.Kind.CREDENTIAL.prefix() + NUMBER;

    @TempDir Path folder;

    @Test
    void tokenIsSetUpCheckedAndListed() throws Exception {
        var hsm = Hsm.softHsm(folder);
        var data = data(hsm);
        var config = data.resolve("config.toml").toString();
        var officer = secret("officer", hsm.officerPin());
        var made = run(hsm, "hsm", "init", "--config", config, "--officer-pin-file", officer);
        assertThat(made.orFail().out())
                .contains(
                        "Keys can be wrapped by AES_KEY_WRAP_PAD.",
                        "No copy of the token's keys exists");

        var check = run(hsm, "hsm", "check", "--config", config).orFail();
        assertThat(check.out())
                .contains(
                        "  works        wrap and unwrap: P-256\n",
                        "  refused      with the PIN: take a blob in as extractable  (C_UnwrapKey: ",
                        "Keys can be wrapped.\nNo copy of the token's keys exists")
                .doesNotContain("STOLEN", "not offered");
        var id = KnownKey.read(data.resolve("wrapping-key.toml")).getFirst().id();
        insert(data, "AES_KEY_WRAP_PAD", id);
        var next = run(hsm, "hsm", "rotate", "--config", config, "--officer-pin-file", officer);
        assertThat(next.orFail().out())
                .contains(
                        "others take their place:\n  " + CREDENTIAL + "  " + OWNER + "  managed\n");
        var keys = run(hsm, "hsm", "keys", "--config", config).orFail();
        assertThat(keys.out().lines())
                .satisfiesExactlyInAnyOrder(
                        one ->
                                assertThat(one)
                                        .matches(
                                                "wrapping  [0-9a-f]{32}  custodian .*  credentials: 0")
                                        .doesNotContain(id),
                        one -> assertThat(one).matches("former  " + id + "  .*  credentials: 1"),
                        one -> assertThat(one).matches("root  [0-9a-f]{32}  custodian .*"));
        assertThat(check.said() + made.said() + next.said() + keys.said())
                .doesNotContain(hsm.pin(), hsm.officerPin());
    }

    @Test
    void tokenIsMadeAgainFromSharesThatATerminalShowed() throws Exception {
        var hsm = Hsm.softHsm(folder);
        var data = data(hsm);
        var config = data.resolve("config.toml");
        var officer = secret("officer", hsm.officerPin());
        var line =
                "./custodian-server hsm %s --config '"
                        + config
                        + "' --officer-pin-file '"
                        + officer
                        + "'";
        var blind = shell(hsm, line.formatted("init --shares 2/3"));
        assertThat(blind.exit()).isNotZero();
        assertThat(blind.said()).contains("on a terminal and nowhere else");
        assertThat(data.resolve("wrapping-key.toml")).doesNotExist();

        var seen =
                shell(hsm, "script -qec \"" + line.formatted("init --shares 2/3") + "\" /dev/null");
        var shown = seen.orFail().out();
        assertThat(shown)
                .contains(
                        "they are shown this once",
                        "Any 2 of them bring its keys back",
                        "in another token, 2/3 of set ")
                .doesNotContain("No copy");
        var shares = SHARE.matcher(shown).results().map(MatchResult::group).toList();
        assertThat(shares).hasSize(3);
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile))
                    .allSatisfy(
                            file ->
                                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                                            .doesNotContain(shares));
        }

        insert(data, "resident", "");
        Files.writeString(
                config, Files.readString(config).replace("\"" + hsm.label() + "\"", "\"another\""));
        var restore = line.formatted("restore");
        var twice = shell(hsm, typed(shares.get(1), shares.get(1)) + restore);
        assertThat(twice.exit()).isNotZero();
        assertThat(twice.said())
                .contains("What was given as share 2 of set ", " is number 2 once more.");
        var made =
                shell(hsm, typed(shares.get(2), shares.get(0).toLowerCase(Locale.ROOT)) + restore);
        assertThat(made.orFail().out())
                .contains(
                        "The token \"another\" has the vault's keys.",
                        "are lost without it:\n  " + CREDENTIAL + "  " + OWNER);
        assertThat(made.said() + twice.said() + seen.err()).doesNotContain(shares);
    }

    private static Program.Ran shell(Hsm hsm, String line) throws Exception {
        return Program.run(Program.HOME, hsm.environment(), List.of("sh", "-c", line));
    }

    private static String typed(String... shares) {
        return "printf '%s\\n' " + String.join(" ", shares) + " | ";
    }

    /// An owner whose key is in the token, or was wrapped under it.
    private static void insert(Path data, String mechanism, String keyId) throws Exception {
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + data.resolve("custodian.db"));
                var statement = connection.createStatement()) {
            statement.executeUpdate(
                    """
                    INSERT INTO owner VALUES('%s', 'Ada', x'00', x'00', 1, x'00', x'00', x'00', 0, 0, 0)
                    """
                            .formatted(OWNER));
            statement.executeUpdate(
                    """
                    INSERT INTO credential(id, owner, purpose, custody, algorithm, spki, policy, version, vault,
                        key_id, mechanism, key, certificates, created, origin)
                    VALUES('%s', '%s', 'document', 'managed', 'P-256', x'00', x'00', 1, 'hsm',
                        '%s', '%s', x'00', x'', 0, 'hsm')
                    """
                            .formatted(CREDENTIAL, OWNER, keyId, mechanism));
        }
    }

    private Path data(Hsm hsm) throws Exception {
        var data = folder.resolve("data");
        run(
                        hsm,
                        "init",
                        "--dir",
                        data.toString(),
                        "--hsm-module",
                        hsm.library().toString(),
                        "--hsm-token",
                        hsm.label(),
                        "--hsm-pin",
                        secret("pin", hsm.pin()),
                        "--hsm-mechanism",
                        "AES_KEY_WRAP_PAD")
                .orFail();
        return data;
    }

    private String secret(String name, String pin) throws Exception {
        var file = folder.resolve(name);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, pin);
        return file.toString();
    }

    private static Program.Ran run(Hsm hsm, String... arguments) throws Exception {
        return Program.server(hsm.environment(), arguments);
    }
}
