package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `custodian-server hsm` as an operator types it.
class HsmCommandIT {
    @TempDir Path folder;

    @Test
    void tokenIsSetUpCheckedAndListed() throws Exception {
        var hsm = Hsm.softHsm(folder);
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
        var config = data.resolve("config.toml").toString();
        var officer = secret("officer", hsm.officerPin());
        var made = run(hsm, "hsm", "init", "--config", config, "--officer-pin-file", officer);
        assertThat(made.orFail().out())
                .contains("Keys can be wrapped by AES_KEY_WRAP_PAD.", "No copy of its keys exists");

        var check = run(hsm, "hsm", "check", "--config", config).orFail();
        assertThat(check.out())
                .contains(
                        "  works        wrap and unwrap: P-256\n",
                        "  refused      with the PIN: take a blob in as extractable  (C_UnwrapKey: ",
                        "Keys can be wrapped.\nNo copy of the token's keys exists")
                .doesNotContain("STOLEN", "not offered");
        var keys = run(hsm, "hsm", "keys", "--config", config).orFail();
        assertThat(keys.out().lines())
                .satisfiesExactly(
                        one -> assertThat(one).matches("wrapping  [0-9a-f]{32}  custodian .*"),
                        one -> assertThat(one).matches("root  [0-9a-f]{32}  custodian .*"));
        assertThat(check.said() + made.said() + keys.said())
                .doesNotContain(hsm.pin(), hsm.officerPin());
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
