package dev.custodian.device.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.dbus.FakeBus;
import dev.custodian.device.login.LoginException.Meaning;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A keyring that is absent, locked, silent, or lies; beside one that does what it should.
class SecretServiceTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final String PURPOSE = "folder-key";

    @TempDir Path scratch;

    private Path socket() {
        return scratch.resolve("bus");
    }

    private KeyringSeal seal(Duration limit, Duration patience) {
        return new KeyringSeal(
                () -> SecretService.open(socket(), limit, patience), new SecureRandom());
    }

    private KeyringSeal seal() {
        return seal(LONG, LONG);
    }

    private static Secret plain() {
        return Secret.owning(Bytes.utf8("the key of the folder").toArray());
    }

    private byte[] sealed(KeyringSeal seal) throws Exception {
        try (var plain = plain()) {
            return seal.seal(PURPOSE, plain);
        }
    }

    private static void refused(Meaning meaning, ThrowingCallable what) {
        assertThatExceptionOfType(LoginException.class)
                .isThrownBy(what)
                .satisfies(e -> assertThat(e.meaning()).as(e.getMessage()).isEqualTo(meaning));
    }

    private void assertOpens(byte[] sealed) throws Exception {
        try (var opened = seal().open(PURPOSE, sealed);
                var plain = plain()) {
            assertThat(opened).isEqualTo(plain);
        }
    }

    @Test
    void whatWasSealedOpensForItsPurposeAloneAndIsForgotten() throws Exception {
        var keyring = new FakeKeyring();
        try (var _ = keyring.at(socket())) {
            assertThat(seal().isThere()).isTrue();
            var sealed = sealed(seal());
            refused(Meaning.ITEM_GONE, () -> seal().open("another", sealed));
            for (int at = 0; at < sealed.length; at++) {
                var changed = sealed.clone();
                changed[at] ^= 1;
                assertThatExceptionOfType(LoginException.class)
                        .isThrownBy(() -> seal().open(PURPOSE, changed));
            }
            assertOpens(sealed);
            assertThat(keyring.items).hasSize(1);
            seal().forget(new byte[9]);
            seal().forget(sealed);
            assertThat(keyring.items).isEmpty();
            refused(Meaning.ITEM_GONE, () -> seal().open(PURPOSE, sealed));
        }
    }

    @Test
    void noBusAndNobodyOnIt() throws Exception {
        refused(Meaning.ABSENT, () -> sealed(seal()));
        assertThat(seal().isThere()).isFalse();
        var nobody =
                FakeBus.at(
                        socket(),
                        call -> {
                            switch (call.member()) {
                                case "Hello" -> call.reply("s", out -> out.text(":1.1"));
                                case "GetNameOwner" ->
                                        call.error("org.freedesktop.DBus.Error.NameHasNoOwner");
                                default -> call.error("org.freedesktop.DBus.Error.ServiceUnknown");
                            }
                        });
        try (nobody) {
            refused(Meaning.ABSENT, () -> sealed(seal()));
        }
    }

    @Test
    void lockedKeyringIsAskedForAndADismissedQuestionOpensNothing() throws Exception {
        var keyring = new FakeKeyring();
        try (var _ = keyring.at(socket())) {
            var sealed = sealed(seal());
            keyring.locked = true;
            keyring.person = FakeKeyring.Person.DISMISSES;
            refused(Meaning.LOCKED, () -> seal().open(PURPOSE, sealed));
            refused(Meaning.LOCKED, () -> sealed(seal()));
            keyring.person = FakeKeyring.Person.IS_AWAY;
            refused(Meaning.LOCKED, () -> seal(LONG, SHORT).open(PURPOSE, sealed));
            assertThat(keyring.calls).endsWith("Prompt", "Dismiss");
            assertThat(keyring.items).hasSize(1);
            keyring.person = FakeKeyring.Person.UNLOCKS;
            keyring.calls.clear();
            refused(Meaning.LOCKED, () -> seal(LONG, Duration.ZERO).open(PURPOSE, sealed));
            assertThat(keyring.calls).doesNotContain("Prompt");
            assertOpens(sealed);
        }
    }

    /// One that answers each call in time, and has always one more question.
    @Test
    void patienceIsForAllQuestionsTogether() throws Exception {
        var keyring =
                new FakeKeyring() {
                    @Override
                    void called(FakeBus.Call call) throws IOException {
                        locked = true;
                        super.called(call);
                    }
                };
        keyring.person = FakeKeyring.Person.IS_AWAY;
        try (var _ = keyring.at(socket());
                var service = SecretService.open(socket(), LONG, SHORT)) {
            var wanted = Map.of("a", "b");
            keyring.items.put(
                    FakeKeyring.SERVICE + "/1", new FakeKeyring.Item(wanted, Bytes.EMPTY));
            refused(Meaning.LOCKED, () -> service.find(wanted));
            keyring.calls.clear();
            refused(Meaning.LOCKED, () -> service.find(wanted));
            assertThat(keyring.calls).doesNotContain("Prompt");
        }
    }

    @Test
    void pathThatWouldBeMoreThanAPathIsALie() throws Exception {
        var keyring =
                new FakeKeyring() {
                    String prompt = "/";

                    @Override
                    void called(FakeBus.Call call) throws IOException {
                        if (call.member().equals("Unlock") && !prompt.equals("/")) {
                            call.reply("aoo", out -> out.array(4, _ -> {}).text(prompt));
                        } else {
                            super.called(call);
                        }
                    }
                };
        try (var _ = keyring.at(socket())) {
            keyring.prompt = "/x',member='Completed";
            refused(Meaning.LIED, () -> sealed(seal()));
            assertThat(keyring.calls).endsWith("Unlock");
            keyring.prompt = "/";
            assertOpens(sealed(seal()));
        }
    }

    @Test
    void keyringThatHangsAnywhereIsSilentInTime() throws Exception {
        byte[] sealed;
        var members = new FakeKeyring();
        try (var _ = members.at(socket())) {
            sealed = sealed(seal());
            members.calls.clear();
            assertOpens(sealed);
        }
        for (var hanging : members.calls) {
            var keyring =
                    new FakeKeyring() {
                        @Override
                        void called(FakeBus.Call call) throws IOException {
                            if (!call.member().equals(hanging)) {
                                super.called(call);
                            }
                        }
                    };
            keyring.items.putAll(members.items);
            try (var _ = keyring.at(socket())) {
                refused(Meaning.SILENT, () -> seal(SHORT, SHORT).open(PURPOSE, sealed));
            }
        }
        assertThat(members.calls).containsExactly("OpenSession", "SearchItems", "Get", "GetSecret");
    }

    @Test
    void keyringThatHandsOutAnotherSecretOpensNothing() throws Exception {
        var keyring =
                new FakeKeyring() {
                    boolean lies;

                    @Override
                    void called(FakeBus.Call call) throws IOException {
                        if (lies && call.member().equals("GetSecret")) {
                            secret(call, SERVICE + "/s/1", Bytes.utf8("0".repeat(64)).toArray());
                        } else {
                            super.called(call);
                        }
                    }
                };
        try (var _ = keyring.at(socket())) {
            var sealed = sealed(seal());
            keyring.lies = true;
            refused(Meaning.CHANGED, () -> seal().open(PURPOSE, sealed));
            // and what it does not keep is not used in the first place
            refused(Meaning.LIED, () -> sealed(seal()));
            keyring.lies = false;
            assertOpens(sealed);
        }
    }

    @Test
    void keyringThatKeepsSomethingElseIsFoundOutAtOnce() throws Exception {
        var keyring =
                new FakeKeyring() {
                    @Override
                    byte[] keeps(byte[] secret) {
                        secret[0] ^= 1;
                        return secret;
                    }
                };
        try (var _ = keyring.at(socket())) {
            refused(Meaning.LIED, () -> sealed(seal()));
        }
    }

    @Test
    void foreignItemsAreNotAskedForTheirSecrets() throws Exception {
        var keyring =
                new FakeKeyring() {
                    @Override
                    void search(FakeBus.Call call, Map<String, String> wanted) throws IOException {
                        super.search(call, Map.of());
                    }
                };
        try (var _ = keyring.at(socket())) {
            keyring.items.put("/mail", new FakeKeyring.Item(Map.of("user", "mara"), Bytes.EMPTY));
            var sealed = sealed(seal());
            keyring.calls.clear();
            assertOpens(sealed);
            assertThat(keyring.calls)
                    .containsExactly("OpenSession", "SearchItems", "Get", "Get", "GetSecret");
            for (int i = 0; i < 20; i++) {
                keyring.items.put("/mail/" + i, new FakeKeyring.Item(Map.of(), Bytes.EMPTY));
            }
            refused(Meaning.LIED, () -> seal().open(PURPOSE, sealed));
        }
    }

    @Test
    void publicKeyWhoseSecretEverybodyKnowsIsRefused() throws Exception {
        for (var key :
                new byte[][] {
                    {},
                    {0},
                    {1},
                    new byte[200],
                    Bytes.fromHex("ff".repeat(128)).toArray(),
                    Bytes.fromHex(DhSession.PRIME.toString(16)).toArray(),
                    Bytes.fromHex(DhSession.PRIME.subtract(BigInteger.ONE).toString(16)).toArray()
                }) {
            var keyring =
                    new FakeKeyring() {
                        @Override
                        byte[] publicKey() {
                            return key;
                        }
                    };
            try (var _ = keyring.at(socket())) {
                refused(Meaning.LIED, () -> sealed(seal()));
            }
        }
    }

    @Test
    void answerOfSomebodyElseIsNoAnswer() throws Exception {
        var keyring =
                new FakeKeyring() {
                    @Override
                    void called(FakeBus.Call call) throws IOException {
                        if (call.member().equals("SearchItems")) {
                            call.reply(":1.9", "aoao", out -> out.u32(0).u32(0));
                        }
                        super.called(call);
                    }
                };
        try (var _ = keyring.at(socket())) {
            assertOpens(sealed(seal()));
        }
    }

    @Test
    void whatIsNoAnswerIsALie() throws Exception {
        var keyring =
                new FakeKeyring() {
                    int how;

                    @Override
                    void called(FakeBus.Call call) throws IOException {
                        if (!call.member().equals("GetSecret")) {
                            super.called(call);
                            return;
                        }
                        switch (how++) {
                            case 0 -> call.reply("s", out -> out.text("another type"));
                            case 1 -> secret(call, "/another/session", new byte[3]);
                            case 2 -> call.raw(new byte[64]);
                            case 3 ->
                                    call.reply(
                                            "(oayays)",
                                            out ->
                                                    out.align(8)
                                                            .text(SERVICE + "/s/1")
                                                            .bytes(new byte[16])
                                                            .bytes(new byte[15])
                                                            .text(""));
                            case 4 ->
                                    call.reply(
                                            "(oayays)",
                                            out ->
                                                    out.align(8)
                                                            .text(SERVICE + "/s/1")
                                                            .bytes(new byte[3])
                                                            .bytes(new byte[16])
                                                            .text(""));
                            default -> super.called(call);
                        }
                    }
                };
        try (var _ = keyring.at(socket())) {
            for (int i = 0; i < 5; i++) {
                refused(Meaning.LIED, () -> sealed(seal()));
            }
            keyring.items.clear();
            assertOpens(sealed(seal()));
        }
    }

    @Test
    void errorsOfTheKeyringKeepTheirNames() throws Exception {
        var keyring =
                new FakeKeyring() {
                    String error = "";

                    @Override
                    void called(FakeBus.Call call) throws IOException {
                        if (call.member().equals("CreateItem") && !error.isEmpty()) {
                            call.error(error);
                        } else if (call.member().equals("ReadAlias") && error.equals("none")) {
                            call.reply("o", out -> out.text("/"));
                        } else {
                            super.called(call);
                        }
                    }
                };
        try (var _ = keyring.at(socket())) {
            keyring.error = "org.freedesktop.Secret.Error.IsLocked";
            refused(Meaning.LOCKED, () -> sealed(seal()));
            keyring.error = "org.freedesktop.DBus.Error.Failed";
            refused(Meaning.REFUSED, () -> sealed(seal()));
            keyring.error = "org.freedesktop.DBus.Error.NoReply";
            refused(Meaning.SILENT, () -> sealed(seal()));
            keyring.error = "none";
            refused(Meaning.ABSENT, () -> sealed(seal()));
            keyring.error = "";
            assertOpens(sealed(seal()));
        }
    }

    @Test
    void busIsWhereTheEnvironmentSays() throws Exception {
        for (var address :
                new String[] {
                    "unix:path=/run/a%20b,guid=1", "tcp:host=x;unix:guid=2,path=/run/a%20b"
                }) {
            assertThat(SessionBus.of(Map.of("DBUS_SESSION_BUS_ADDRESS", address)))
                    .isEqualTo(Path.of("/run/a b"));
        }
        assertThat(SessionBus.of(Map.of("XDG_RUNTIME_DIR", "/run/7")))
                .isEqualTo(Path.of("/run/7/bus"));
        for (var address : new String[] {"unix:abstract=/tmp/x", "unix:path=%2", "nonsense"}) {
            refused(
                    Meaning.ABSENT,
                    () -> SessionBus.of(Map.of("DBUS_SESSION_BUS_ADDRESS", address)));
        }
        refused(Meaning.ABSENT, () -> SessionBus.of(Map.of()));
    }
}
