package dev.custodian.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.link.Credential;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupTest {
    @TempDir Path folder;

    private static Credential credential() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return new Credential(
                "code",
                Id.of(Id.Kind.CREDENTIAL, Bytes.of(new byte[16])),
                KeyAlgorithm.P256,
                Bytes.of(generator.generateKeyPair().getPublic().getEncoded()),
                List.of(),
                Purpose.CODE,
                Custody.OWNER_SEALED);
    }

    @Test
    void fileOfSomebodyElseIsNeitherReplacedNorRemoved() throws Exception {
        var config = new ConfigHome(folder);
        var file = config.resolve("a/file");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "theirs");
        for (var change :
                List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                        () -> config.write(file, "ours", "ours"::equals),
                        () -> config.remove(file, "ours"::equals))) {
            assertThatExceptionOfType(Refused.class)
                    .isThrownBy(change)
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.SETTING_FOREIGN));
        }
        assertThat(file).hasContent("theirs");

        var ours = config.resolve("b/file");
        config.write(ours, "ours", "ours"::equals);
        config.write(ours, "ours", "ours"::equals);
        assertThat(config.remove(ours, "ours"::equals)).isTrue();
        assertThat(config.remove(ours, "ours"::equals)).isFalse();
    }

    @Test
    void relativeConfigurationFolderIsIgnored() {
        assertThat(ConfigHome.of(Map.of("HOME", "/h", "XDG_CONFIG_HOME", "x")).folder())
                .isEqualTo(Path.of("/h/.config"));
        assertThat(ConfigHome.of(Map.of("HOME", "/h", "XDG_CONFIG_HOME", "/x")).folder())
                .isEqualTo(Path.of("/x"));
    }

    @Test
    void pathIsWrittenAsP11KitReadsIt() {
        assertThat(SetupPkcs11Command.escaped("/run/user/7/a b%;\n/é"))
                .isEqualTo("/run/user/7/a%20b%25%3b%0a/%c3%a9");
    }

    @Test
    void principalCannotMakeAnotherField() throws Exception {
        var one = List.of(credential());
        for (var who : List.of("a b", "a\tb", "a\nb * ", "a\"b", "a,b", "", "#a")) {
            assertThatExceptionOfType(Refused.class)
                    .isThrownBy(() -> AllowedSigners.lines(one, who))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.USAGE));
        }
        assertThat(AllowedSigners.lines(one, "ada@example.org").getFirst())
                .matches(
                        "ada@example\\.org namespaces=\"git,file\" ecdsa-sha2-nistp256 [A-Za-z0-9+/]{138,}=*");
    }
}
