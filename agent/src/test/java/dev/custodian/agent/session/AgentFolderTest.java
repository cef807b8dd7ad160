package dev.custodian.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.device.Verdict;
import dev.custodian.device.login.LoginSeal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentFolderTest {
    @TempDir Path scratch;

    private AgentFolder open(String name) throws Refused {
        return AgentFolder.open(scratch.resolve(name), new SecureRandom());
    }

    /// A device that this machine is about to become, with its key in a file.
    private static NextDevice begin(AgentFolder folder) throws Refused {
        return folder.begin(folder.stores().take(folder.keepsSeal()));
    }

    private void mode(String name, String mode) throws Exception {
        Files.setPosixFilePermissions(scratch.resolve(name), PosixFilePermissions.fromString(mode));
    }

    private static void refused(FailureKind kind, ThrowingCallable what) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(refusal -> assertThat(refusal.kind()).isEqualTo(kind));
    }

    @Test
    void secondAgentIsRefusedUntilTheFirstEnds() throws Exception {
        try (var _ = open("a")) {
            refused(FailureKind.AGENT_IN_USE, () -> open("a"));
        }
        open("a").close();
    }

    @Test
    void folderThatOthersMayEnterIsRefused() throws Exception {
        open("a").close();
        mode("a", "rwxr-x---");
        refused(FailureKind.KEY_FILE_EXPOSED, () -> open("a"));
    }

    @Test
    void folderWithoutADeviceSaysSo() throws Exception {
        try (var folder = open("a")) {
            refused(FailureKind.KEY_FILE_UNUSABLE, folder::share);
            refused(FailureKind.KEY_FILE_UNUSABLE, folder::signer);
            refused(FailureKind.NOT_JOINED, folder::memory);
            assertThat(folder.isJoined()).isFalse();
        }
    }

    @Test
    void folderOfAnotherUserIsRefused() throws Exception {
        var foreign = Path.of("/root");
        if (ThisProcess.user() == 0) {
            open("a").close();
            foreign = scratch.resolve("a");
            Files.setAttribute(foreign, "unix:uid", 1);
        }
        var path = foreign;
        refused(FailureKind.KEY_FILE_EXPOSED, () -> AgentFolder.open(path, new SecureRandom()));
    }

    private String read(String name) throws Exception {
        return Files.readString(scratch.resolve("a").resolve(name), StandardCharsets.ISO_8859_1);
    }

    private void write(String name, String content) throws Exception {
        Files.writeString(scratch.resolve("a").resolve(name), content);
    }

    @Test
    void nextDeviceDoesNotCountBeforeItsMemoryIsThere() throws Exception {
        Secret before;
        try (var folder = open("a")) {
            begin(folder);
            before = folder.next().code();
            folder.next().share().close();
            folder.next().keepAsked(Bytes.utf8("asked"));
        }
        assertThat(Files.getPosixFilePermissions(scratch.resolve("a/next")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        try (var folder = open("a")) {
            assertThat(folder.isJoined()).isFalse();
            assertThat(folder.next().code()).isEqualTo(before);
            assertThat(folder.next().asked()).isEqualTo(Bytes.utf8("asked"));
            assertThat(folder.next().renewCode()).isNotEqualTo(before);
        }
    }

    /// The agent was killed after each step of it.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void nextDeviceTakesThePlaceOfTheOneBeforeHoweverFarThatCame(int moved) throws Exception {
        open("a").close();
        Files.createDirectory(
                scratch.resolve("a/next"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var names = List.of("device.p8", "device.share", "memory");
        for (int i = 0; i < names.size(); i++) {
            write(names.get(i), i < moved ? "new" : "old");
            if (i >= moved) {
                write("next/" + names.get(i), "new");
            }
        }
        write("session", "of the one before");
        write("next/code", "used up");

        try (var folder = open("a")) {
            for (var name : names) {
                assertThat(read(name)).isEqualTo("new");
            }
            assertThat(scratch.resolve("a/next")).doesNotExist();
            assertThat(folder.isNew()).isTrue();
        }
    }

    private static Secret typed(String passphrase) {
        return Secret.owning(Bytes.utf8(passphrase).toArray());
    }

    /// Seals while a device is about to be one, as at a join.
    private static void seal(AgentFolder folder) throws Exception {
        try (var passphrase = typed("correct horse")) {
            folder.seal(passphrase);
        }
    }

    @Test
    void secretsUnderAPassphraseAreOpenUntilTheAgentEndsOrLocks() throws Exception {
        Secret code;
        try (var folder = open("a")) {
            begin(folder);
            code = folder.next().code();
            folder.next().share().close();
            seal(folder);
            assertThat(folder.next().code()).isEqualTo(code);
            assertThat(folder.isLocked()).isFalse();
            folder.lock();
            refused(FailureKind.KEY_SEALED, folder::next);
        }
        try (var folder = open("a");
                var wrong = typed("correct hors");
                var right = typed("correct horse")) {
            assertThat(folder.isLocked()).isTrue();
            assertThat(folder.verdict()).isEqualTo(Verdict.SOFTWARE_PASSPHRASE);
            refused(FailureKind.KEY_SEALED, folder::next);
            refused(FailureKind.KEY_SEALED, () -> folder.unlock(wrong));
            assertThat(folder.isLocked()).isTrue();
            folder.unlock(right);
            assertThat(folder.next().code()).isEqualTo(code);
            folder.next().signer();
            folder.next().share().close();
        }
        for (var name : List.of("next/code", "next/device.p8", "next/device.share")) {
            assertThat(Files.readAllBytes(scratch.resolve("a").resolve(name)))
                    .startsWith("CUSTODIAN-SEALED".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /// The agent was killed when the key of the folder was there, and nothing was sealed yet.
    @Test
    void whatIsStillPlainIsSealedAtTheNextUnlock() throws Exception {
        var name = scratch.resolve("a/next/device.p8");
        byte[] plain;
        try (var folder = open("a")) {
            begin(folder);
            plain = Files.readAllBytes(name);
            seal(folder);
        }
        Files.write(name, plain);
        try (var folder = open("a");
                var right = typed("correct horse")) {
            folder.unlock(right);
            folder.next().signer();
        }
        assertThat(Files.readAllBytes(name))
                .startsWith("CUSTODIAN-SEALED".getBytes(StandardCharsets.US_ASCII));
    }

    /// Stands in for the system: a user opens only what that user sealed. Keeps nothing secret.
    private record FakeLogin(String user) implements LoginSeal {
        @Override
        public byte[] seal(String purpose, Secret plain) {
            return Bytes.utf8(user + purpose + Bytes.of(plain.expose()).hex()).toArray();
        }

        @Override
        public Secret open(String purpose, byte[] sealed) throws IOException {
            var text = new String(sealed, StandardCharsets.UTF_8);
            if (!text.startsWith(user + purpose)) {
                throw new IOException("another user's");
            }
            return Secret.owning(
                    HexFormat.of().parseHex(text.substring((user + purpose).length())));
        }
    }

    private AgentFolder open(String name, String user) throws Refused {
        return AgentFolder.open(
                scratch.resolve(name),
                new Login.Always(new FakeLogin(user)),
                StoreOption.SOFTWARE,
                new SecureRandom());
    }

    @Test
    void agentForFilesLeavesTpmAndCardAlone() throws Exception {
        try (var folder = open("a", "mara")) {
            assertThat(folder.stores().look()).isEmpty();
            assertThat(folder.stores().take(folder.keepsSeal()).passedOver())
                    .containsExactly("The agent was started with --device-store software.");
        }
    }

    @Test
    void folderSealedForALoginOpensForThatUserAloneAndWithoutAsking() throws Exception {
        try (var folder = open("a", "mara");
                var _ = folder.next().share()) {
            folder.session().forget();
            assertThat(folder.verdict()).isEqualTo(Verdict.SOFTWARE_LOGIN_BOUND);
        }
        refused(FailureKind.KEY_FILE_UNUSABLE, () -> open("a", "eve"));
        refused(FailureKind.KEY_FILE_UNUSABLE, () -> open("a"));
        assertThat(read("session")).startsWith("CUSTODIAN-SEALED").doesNotContain("refresh");
        assertThat(read("next/device.share")).startsWith("CUSTODIAN-SEALED");

        AgentFolder closed;
        try (var folder = open("a", "mara")) {
            assertThat(folder.isLocked()).isFalse();
            assertThat(folder.hasPassphrase()).isFalse();
            assertThat(folder.session().until()).isEqualTo(Instant.EPOCH);
            folder.next().share().close();
            closed = folder;
        }
        // never a plain one
        refused(FailureKind.KEY_SEALED, closed::session);
    }

    @Test
    void whatWasPlainIsSealedForTheLoginAtOnce() throws Exception {
        Bytes share;
        try (var folder = open("a");
                var made = folder.next().share()) {
            share = Bytes.of(made.expose());
        }
        assertThat(Files.readAllBytes(scratch.resolve("a/next/device.share"))).hasSize(32);
        open("a", "mara").close();
        assertThat(read("next/device.share")).startsWith("CUSTODIAN-SEALED");
        try (var folder = open("a", "mara");
                var read = folder.next().share()) {
            assertThat(Bytes.of(read.expose())).isEqualTo(share);
        }
    }

    /// Whoever could write to the folder once would know the device key, the share and the code.
    @Test
    void whatOthersPutThereBeforeAnEnrolmentIsNeverEnrolled() throws Exception {
        Bytes planted;
        Secret code;
        try (var attacker = open("b")) {
            planted = publicKey(begin(attacker));
            attacker.next().share().close();
            code = attacker.next().code();
        }
        for (var sealed : List.of(false, true)) {
            open("a").close();
            for (var name : List.of("", "next/")) {
                copyFrom("b/next/", "a/" + name);
            }
            try (var folder = open("a")) {
                if (sealed) {
                    seal(folder);
                }
                var next = begin(folder);
                assertThat(publicKey(next)).isNotEqualTo(planted);
                assertThat(next.code()).isNotEqualTo(code);
                try (var made = next.share()) {
                    assertThat(Bytes.of(made.expose())).isNotEqualTo(share("b/next/"));
                }
            }
        }
    }

    private static Bytes publicKey(NextDevice next) throws Exception {
        return Bytes.of(next.signer().publicKey().getEncoded());
    }

    private Bytes share(String folder) throws Exception {
        return Bytes.of(Files.readAllBytes(scratch.resolve(folder + "device.share")));
    }

    private void copyFrom(String from, String to) throws Exception {
        Files.createDirectories(
                scratch.resolve(to),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (var name : List.of("device.p8", "device.share", "code", "device.store")) {
            Files.copy(
                    scratch.resolve(from + name),
                    scratch.resolve(to + name),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void storeThatWasAskedForAndIsNotThereIsNotReplacedByAnother() throws Exception {
        var nowhere = StoreOption.parse("tpm:" + scratch.resolve("nowhere").toAbsolutePath());
        try (var folder =
                AgentFolder.open(
                        scratch.resolve("a"), new Login.None(), nowhere, new SecureRandom())) {
            refused(FailureKind.DEVICE_KEY_UNUSABLE, () -> begin(folder));
        }
        try (var folder = open("a")) {
            assertThat(begin(folder).note().isElsewhere()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "tpm:", "tpm:socket", "card:", "card:9b", "card:f9", "best:", "hsm"})
    void wordThatNamesNoStoreIsRefused(String word) {
        refused(FailureKind.USAGE, () -> StoreOption.parse(word));
    }
}
