package dev.custodian.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigTest {
    private static final Path FILE = Path.of("/srv/custodian/config.toml");

    private static Config parse(String text) throws Refused {
        return Config.parse(FILE, text);
    }

    private static void assertWrong(String text, String detail) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> parse(text))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFIG_WRONG))
                .satisfies(e -> assertThat(e.detail()).isEqualTo(detail));
    }

    @Test
    void everyKeyHasADefault() throws Exception {
        var config = parse("");
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.port()).isEqualTo(8443);
        assertThat(config.base(8443)).isEqualTo(URI.create("https://127.0.0.1:8443"));
        assertThat(config.folder()).isEqualTo(Path.of("/srv/custodian"));
        assertThat(config.master()).isEqualTo(Path.of("/srv/custodian/master.key"));
        assertThat(config.passphrase()).isNull();
        assertThat(config.logFormat()).isEqualTo(LogFormat.JSON);
        assertThat(config.recoveryDelay()).isEqualTo(Duration.ofDays(3));
    }

    @Test
    void printedConfigurationIsTheSameConfiguration() throws Exception {
        var config =
                parse(
                        """
                        url = "https://sign.example"
                        listen.host = "0.0.0.0"
                        [data]
                        folder = "data"
                        [keys]
                        master = "/etc/custodian/master.key"
                        passphrase = "master.pass"
                        [sessions]
                        binding = "tls"
                        [recovery]
                        delay_hours = 5
                        [service]
                        name = "A \\"name\\" \\\\ of\\ttwo"
                        """);
        assertThat(parse(config.toToml())).isEqualTo(config);
        assertThat(config.identity()).isEqualTo(Path.of("/srv/custodian/data/identity.pem"));
        assertThat(config.passphrase()).isEqualTo(Path.of("/srv/custodian/data/master.pass"));
        assertThat(config.binding()).isEqualTo(Binding.TLS);
        assertThat(config.recoveryDelay()).isEqualTo(Duration.ofHours(5));
        assertThat(config.base(1)).isEqualTo(URI.create("https://sign.example"));
    }

    @Test
    void addressOfVersionSixIsWrittenInBrackets() throws Exception {
        assertThat(parse("listen.host = \"::1\"").base(5)).isEqualTo(URI.create("https://[::1]:5"));
    }

    @Test
    void unknownKeyIsRefusedWithItsLine() {
        assertWrong(
                "# ours\n[listen]\nhost = \"::1\"\nprot = 1\n",
                FILE + ", line 4: listen.prot is not a key that this version knows.");
        assertWrong(
                "[listen]\n[lisden]\nport = 1\n",
                FILE + ", line 2: lisden is not a key that this version knows.");
        assertWrong("colour = 1", FILE + ", line 1: colour is not a key that this version knows.");
    }

    @Test
    void wrongValuesAreRefusedWithTheirLine() {
        assertWrong(
                "\n[listen]\nport = 70000",
                FILE + ", line 3: listen.port is not a whole number from 0 to 65535.");
        assertWrong(
                "[listen]\nport = \"1\"",
                FILE + ", line 2: listen.port is not a whole number from 0 to 65535.");
        assertWrong(
                "[recovery]\ndelay_hours = 721",
                FILE + ", line 2: recovery.delay_hours is not a whole number from 0 to 720.");
        assertWrong("url = 5", FILE + ", line 1: url is not a text in quotes.");
        assertWrong(
                "[log]\nformat = \"xml\"", FILE + ", line 2: log.format is not one of json, text.");
        assertWrong(
                "[service]\nregion = \"Europe\"",
                FILE + ", line 2: service.region is not two capital letters.");
        assertWrong(
                "listen.host = \"0.0.0.0\"",
                FILE + ": url must say where clients reach a server that listens anywhere.");
    }

    private static final String HSM =
            """
            [vault]
            kind = "hsm"
            module = "/usr/lib/softhsm/libsofthsm2.so"
            token = "vault"
            pin = "hsm.pin"
            """;

    @Test
    void vaultIsTheEmbeddedOneUnlessAnHsmIsNamed() throws Exception {
        assertThat(parse("").hsm()).isNull();
        assertThat(parse("[vault]\nkind = \"embedded\"").hsm()).isNull();
        var least =
                new HsmConfig(
                        Path.of("/usr/lib/softhsm/libsofthsm2.so"),
                        "vault",
                        Path.of("/srv/custodian/hsm.pin"),
                        WrappingMechanism.AES_KEY_WRAP_KWP,
                        Path.of("/srv/custodian/wrapping-key.toml"),
                        8,
                        10,
                        30,
                        1_000,
                        "");
        assertThat(parse(HSM).hsm()).isEqualTo(least);
        var whole =
                parse(
                        HSM
                                + "mechanism = \"AES_KEY_WRAP_PAD\"\nwrapping_key = \"/etc/key\"\n"
                                + "sessions = 2\nwait_seconds = 3\nanswer_seconds = 4\nresident_keys = 0\nreserved = \"configdir='sql:/srv'\"\n"
                                + "former = \"embedded\"");
        assertThat(whole.former()).isTrue();
        assertThat(parse(HSM).former()).isFalse();
        assertThat(whole.hsm())
                .isEqualTo(
                        new HsmConfig(
                                least.module(),
                                least.token(),
                                least.pin(),
                                WrappingMechanism.AES_KEY_WRAP_PAD,
                                Path.of("/etc/key"),
                                2,
                                3,
                                4,
                                0,
                                "configdir='sql:/srv'"));
        assertThat(parse(whole.toToml())).isEqualTo(whole);
        var template =
                HsmConfig.template(least.module(), least.token(), least.pin(), least.mechanism());
        assertThat(parse("[vault]\n" + template).hsm()).isEqualTo(least);
        assertThat(parse("[vault]\n" + template.replaceAll("(?m)^# (\\w+ = )", "$1")).hsm())
                .isEqualTo(least);
    }

    @Test
    void halfAnHsmIsRefused() {
        assertWrong(
                "[vault]\nkind = \"hsm\"", FILE + ": vault.module is needed by kind = \"hsm\".");
        assertWrong(
                HSM.replace("token = \"vault\"\n", ""),
                FILE + ": vault.token is needed by kind = \"hsm\".");
        assertWrong(
                "[vault]\nmodule = \"/usr/lib/softhsm/libsofthsm2.so\"",
                FILE + ", line 2: vault.module is for kind = \"hsm\" alone.");
        assertWrong(
                "[vault]\nformer = \"embedded\"",
                FILE + ", line 2: vault.former is for kind = \"hsm\" alone.");
        assertWrong(
                HSM + "former = \"master.key\"",
                FILE + ", line 6: vault.former is not one of none, embedded.");
        assertWrong(
                "[vault]\nkind = \"tpm\"",
                FILE + ", line 2: vault.kind is not one of embedded, hsm.");
        assertWrong(
                HSM + "mechanism = \"AES_CBC_PAD\"",
                FILE
                        + ", line 6: vault.mechanism is not one of AES_KEY_WRAP_KWP,"
                        + " AES_KEY_WRAP_PAD.");
        assertWrong(
                HSM + "sessions = 0",
                FILE + ", line 6: vault.sessions is not a whole number from 1 to 256.");
    }

    @Test
    void pinInPlaceOfItsFileIsRefusedAndNotRepeated() {
        assertWrong(
                HSM.replace("hsm.pin", "648219"),
                FILE
                        + ", line 5: vault.pin looks like the PIN itself: write that into a file of"
                        + " mode 600, and name the file here.");
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.example",
        "https://a.example/",
        "https://a.example/x",
        "https://u@a.example",
        "https://a.example?b",
        "https://",
        "a.example"
    })
    void urlIsOnlySchemeHostAndPort(String url) {
        assertWrong(
                "url = \"" + url + "\"",
                FILE + ", line 1: url is not of the form https://host[:port].");
    }

    @Test
    void whatIsNoTomlIsRefused() {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> parse("[listen]\nport = = 5"))
                .satisfies(e -> assertThat(e.detail()).contains("this is not TOML"));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> parse("[listen]\nport = 5\nport = 6"));
    }
}
