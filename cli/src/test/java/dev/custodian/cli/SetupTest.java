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

    private static AgentUnits.Places places(String home) {
        return new AgentUnits.Places(
                Path.of(home, "custodian"),
                Path.of("/jdk"),
                Path.of(home, "state"),
                Path.of("/run/user/7/custodian"));
    }

    @Test
    void unitOfSomebodyElseIsNeitherReplacedNorRemoved() throws Exception {
        var units = new AgentUnits(new ConfigHome(folder));
        var written = units.write(places("/h"));
        assertThat(written).hasSize(2);
        for (var file : written) {
            var ours = Files.readString(file);
            var other = written.get(1 - written.indexOf(file));
            var untouched = Files.readString(other);
            for (var theirs :
                    List.of(
                            "",
                            "theirs",
                            ours + "Restart=always\n",
                            ours.replace("agent --state", "agent --no-passphrase --state"),
                            ours.replace("/custodian\"\n", "/custodian\" --pinentry x\n"),
                            ours.replace("0600", "0666"))) {
                if (theirs.equals(ours)) {
                    continue;
                }
                Files.writeString(file, theirs);
                for (var change :
                        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                                () -> units.write(places("/other")), units::remove)) {
                    assertThatExceptionOfType(Refused.class)
                            .isThrownBy(change)
                            .satisfies(
                                    e ->
                                            assertThat(e.kind())
                                                    .isEqualTo(FailureKind.SETTING_FOREIGN));
                }
                assertThat(file).hasContent(theirs);
                assertThat(other).hasContent(untouched);
            }
            Files.writeString(file, ours);
        }
        units.write(places("/other"));
        assertThat(units.remove()).isEqualTo(written);
        assertThat(units.remove()).isEmpty();
        assertThat(units.exist()).isFalse();
    }

    @Test
    void undoTakesTheLinkToOurUnitAndNoOther() throws Exception {
        var units = new AgentUnits(new ConfigHome(folder));
        var socket = units.write(places("/h")).getLast();
        var link = socket.resolveSibling("sockets.target.wants/custodian-agent.socket");
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of("/etc/systemd/user/custodian-agent.socket"));
        units.remove();
        assertThat(link).isSymbolicLink();
        Files.delete(link);

        units.write(places("/h"));
        Files.createSymbolicLink(link, socket);
        units.remove();
        assertThat(Files.exists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void oddPathsCannotMakeAnotherSetting() throws Exception {
        var units = new AgentUnits(new ConfigHome(folder));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> units.write(places("/h\nExecStop=/bin/x")))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.USAGE));
        assertThat(units.exist()).isFalse();

        var odd = "/a b%h$HOME\"c\\";
        var service = Files.readString(units.write(places(odd)).getFirst());
        assertThat(service)
                .contains(
                        """
                        ExecStart="/a b%%h$HOME\\"c\\\\/custodian" agent --state "/a b%%h$$HOME\\"c\\\\/state" --sockets "/run/user/7/custodian"
                        """);
        assertThat(units.remove()).hasSize(2);
    }
}
