package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.Token;
import dev.custodian.server.vault.pkcs11.TokenSession;
import dev.custodian.server.vault.pkcs11.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The binding before a module that fails, lies or loses its device: each is a failure with the
/// function's name, and when the module behaves again the binding works again.
class FaultyModuleIT {
    private static final byte[] DIGEST = Hashes.sha256(Bytes.utf8("Dear Charles")).toArray();
    private static final String ABSURD = "0x7fffffffffffff00";
    private static final String MINUS_ONE = "0xffffffffffffffff";
    private static final Mechanism ECDSA = Mechanism.of(CKM_ECDSA);

    @TempDir static Path folder;

    private static Faults faults;

    @BeforeAll
    static void make() throws Exception {
        faults = Faults.around(Hsm.softHsm(folder), folder);
    }

    @AfterEach
    void behave() throws Exception {
        faults.order();
    }

    /// Something to do with a session that is logged in and the key that it made.
    private interface Work {
        void with(Token token, TokenSession session, TokenSession.KeyPair pair) throws Exception;
    }

    private static void work(Work work) throws Exception {
        var hsm = faults.hsm();
        try (var module = hsm.load()) {
            var token = module.token(hsm.label());
            try (var session = open(token)) {
                work.with(token, session, Keys.ec(session, Keys.extractable()));
            }
        }
    }

    private static TokenSession open(Token token) throws Exception {
        var session = token.open();
        try (var pin = faults.hsm().userPin()) {
            session.login(User.USER, pin);
        }
        return session;
    }

    private static void fails(ThrowingCallable call, String sentence) {
        assertThatThrownBy(call).isInstanceOf(Pkcs11Failure.class).hasMessage(sentence);
    }

    private static void lies(ThrowingCallable call, String sentence) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Pkcs11Failure.class,
                        failure -> {
                            assertThat(failure.lost()).isTrue();
                            assertThat(failure.rv()).isEqualTo(CKR_OK);
                            assertThat(failure).hasMessageStartingWith(sentence);
                        });
    }

    @Test
    void libraryThatIsNone() throws Exception {
        var text = Files.writeString(folder.resolve("text.so"), "no library");
        lies(() -> load(text), "dlopen: the module " + text);
        lies(() -> load(folder.resolve("not-there.so")), "dlopen: the module ");
        var libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
        lies(() -> load(libc), "dlsym: the module " + libc + " has no C_GetFunctionList");
    }

    private static void load(Path library) throws Exception {
        Pkcs11Module.load(library, null).close();
    }

    @Test
    void moduleWithoutAList() throws Exception {
        faults.order("C_GetFunctionList none");
        lies(() -> faults.hsm().load(), "C_GetFunctionList: the module gives no list");
        faults.order("C_GetFunctionList version 1");
        lies(() -> faults.hsm().load(), "C_GetFunctionList: the module says that it is of");
        faults.order("C_GetFunctionList version 200");
        lies(() -> faults.hsm().load(), "C_GetFunctionList: the module says that it is of");
        faults.order("C_GetFunctionList return 5");
        fails(() -> faults.hsm().load(), "C_GetFunctionList: CKR_GENERAL_ERROR (0x5)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C_Initialize",
                "C_GetSlotList",
                "C_GetTokenInfo",
                "C_OpenSession",
                "C_Login",
                "C_GenerateKeyPair",
                "C_SignInit",
                "C_Sign"
            })
    void functionThatIsNullFailsWhenItIsNeeded(String function) throws Exception {
        faults.order(function + " absent");
        fails(
                () -> work((_, session, pair) -> session.sign(ECDSA, pair.privateKey(), DIGEST)),
                function + ": CKR_FUNCTION_NOT_SUPPORTED (0x54)");
        faults.order();
        work((_, session, pair) -> assertThat(sign(session, pair)).hasSize(64));
    }

    @Test
    void functionThatIsNullAndClosesIsForgiven() throws Exception {
        faults.order("C_CloseSession absent", "C_FindObjectsFinal absent");
        work((_, session, _) -> assertThat(session.find(Keys.resident(), 1)).isEmpty());
    }

    private static byte[] sign(TokenSession session, TokenSession.KeyPair pair) throws Exception {
        return session.sign(ECDSA, pair.privateKey(), DIGEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {ABSURD, MINUS_ONE, "0x8000000000000000", "1025"})
    void absurdNumberOfSlots(String count) throws Exception {
        faults.order("C_GetSlotList says " + count);
        lies(() -> work((_, _, _) -> {}), "C_GetSlotList: the module says ");
    }

    @ParameterizedTest
    @ValueSource(strings = {ABSURD, MINUS_ONE, "5000"})
    void absurdNumberOfMechanisms(String count) throws Exception {
        work(
                (token, _, _) -> {
                    faults.order("C_GetMechanismList says " + count);
                    lies(token::mechanisms, "C_GetMechanismList: the module says ");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {ABSURD, MINUS_ONE, "65"})
    void absurdNumberOfObjects(String count) throws Exception {
        work(
                (_, session, _) -> {
                    faults.order("C_FindObjects says " + count);
                    lies(() -> find(session), "C_FindObjects: the module says ");
                    faults.order();
                    assertThat(find(session)).hasSize(1);
                });
    }

    private static List<Long> find(TokenSession session) throws Exception {
        return session.find(Template.empty().with(CKA_CLASS, CKO_PRIVATE_KEY), 1000);
    }

    /// A search that never ends.
    @Test
    void endlessObjects() throws Exception {
        work(
                (_, session, _) -> {
                    faults.order("C_FindObjects says 64");
                    lies(() -> find(session), "C_FindObjects: the module says 1024 where 1000");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {ABSURD, MINUS_ONE, "1025"})
    void absurdLengths(String length) throws Exception {
        work(
                (_, session, pair) -> {
                    faults.order("C_Sign says " + length);
                    lies(() -> sign(session, pair), "C_Sign: the module says ");
                    faults.order();
                    assertThat(sign(session, pair)).hasSize(64);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {ABSURD, MINUS_ONE, "65537"})
    void absurdLengthOfAValue(String length) throws Exception {
        work(
                (_, session, pair) -> {
                    faults.order("C_GetAttributeValue says " + length);
                    lies(
                            () -> session.get(pair.publicKey(), CKA_EC_POINT),
                            "C_GetAttributeValue: the module says ");
                    faults.order();
                    assertThat(session.get(pair.publicKey(), CKA_EC_POINT)).hasSize(67);
                });
    }

    @Test
    void valuesOfAnotherKind() throws Exception {
        work(
                (_, session, pair) -> {
                    faults.order("C_GetAttributeValue says 2");
                    lies(
                            () -> session.flag(pair.publicKey(), CKA_TOKEN),
                            "C_GetAttributeValue: the module gives no CK_BBOOL");
                    faults.order("C_GetAttributeValue says 9");
                    lies(
                            () -> session.number(pair.publicKey(), CKA_CLASS),
                            "C_GetAttributeValue: the module gives no CK_ULONG");
                });
    }

    /// Whoever asked for the signature has to see that it is wrong: the binding hands it on.
    @Test
    void wrongSignatureAndWrongLengthArriveAsTheyAre() throws Exception {
        work(
                (_, session, pair) -> {
                    faults.order("C_Sign wrong");
                    assertThat(sign(session, pair)).hasSize(64);
                    faults.order("C_Sign says 63");
                    assertThat(sign(session, pair)).hasSize(63);
                    faults.order("C_Sign says 0");
                    assertThat(sign(session, pair)).isEmpty();
                });
    }

    @Test
    void answersForEverTooSmall() throws Exception {
        work(
                (_, session, pair) -> {
                    faults.order("C_Sign return 0x150");
                    fails(() -> sign(session, pair), "C_Sign: CKR_BUFFER_TOO_SMALL (0x150)");
                    faults.order();
                    // The operation is still under way in the real module, which is said.
                    assertThatThrownBy(() -> sign(session, pair))
                            .isInstanceOfSatisfying(
                                    Pkcs11Failure.class,
                                    failure -> {
                                        assertThat(failure.rv()).isEqualTo(CKR_OPERATION_ACTIVE);
                                        assertThat(failure.lost()).isTrue();
                                    });
                });
    }

    @ParameterizedTest
    @ValueSource(longs = {0x5, 0x30, 0x32, 0xb0, 0xb3, 0xe0, 0x101, 0x190})
    void deviceThatIsGoneIsSaidAndComesBack(long rv) throws Exception {
        work(
                (token, session, pair) -> {
                    faults.order("* lose " + rv);
                    assertThatThrownBy(() -> sign(session, pair))
                            .isInstanceOfSatisfying(
                                    Pkcs11Failure.class,
                                    failure -> {
                                        assertThat(failure.function()).isEqualTo("C_SignInit");
                                        assertThat(failure.rv()).isEqualTo(rv);
                                        assertThat(failure.lost()).isTrue();
                                    });
                    session.close();
                    faults.order();
                    try (var next = open(token)) {
                        var made = Keys.ec(next, Keys.extractable());
                        assertThat(sign(next, made)).hasSize(64);
                    }
                });
    }

    @Test
    void moduleIsFinalisedAndInitialisedAnew() throws Exception {
        var hsm = faults.hsm();
        try (var module = hsm.load()) {
            var token = module.token(hsm.label());
            var before = open(token);
            module.restart();
            fails(() -> find(before), "C_FindObjectsInit: CKR_SESSION_HANDLE_INVALID (0xB3)");
            try (var session = open(module.token(hsm.label()))) {
                assertThat(sign(session, Keys.ec(session, Keys.extractable()))).hasSize(64);
            }
        }
    }

    @Test
    void refusalsLeaveTheSessionAlone() throws Exception {
        work(
                (_, session, pair) -> {
                    faults.order("C_SignInit return 0x68");
                    assertThatThrownBy(() -> sign(session, pair))
                            .isInstanceOfSatisfying(
                                    Pkcs11Failure.class,
                                    failure -> assertThat(failure.lost()).isFalse());
                    faults.order();
                    assertThat(sign(session, pair)).hasSize(64);
                });
    }

    @Test
    void numbersThatNobodyNamed() throws Exception {
        work(
                (_, session, pair) -> {
                    faults.order("C_SignInit return 0x80000007");
                    fails(
                            () -> sign(session, pair),
                            "C_SignInit: a return value of the vendor (0x80000007)");
                    faults.order("C_SignInit return 0x4000");
                    fails(
                            () -> sign(session, pair),
                            "C_SignInit: an unknown return value (0x4000)");
                    faults.order("C_SignInit return " + MINUS_ONE);
                    fails(
                            () -> sign(session, pair),
                            "C_SignInit: an unknown return value (0xFFFFFFFFFFFFFFFF)");
                });
    }

    @Test
    void slowModuleIsWaitedFor() throws Exception {
        work(
                (_, session, pair) -> {
                    faults.order("C_Sign slow 300");
                    long began = System.nanoTime();
                    assertThat(sign(session, pair)).hasSize(64);
                    assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(300_000_000L);
                });
    }

    /// A PIN that went to the module is nowhere in what a failure says.
    @Test
    void failureOfALoginNamesNoPin() throws Exception {
        var hsm = faults.hsm();
        faults.order("C_Login return 0xA0");
        try (var module = hsm.load();
                var session = module.token(hsm.label()).open();
                var pin = Hsm.secret("97531-pin")) {
            assertThatThrownBy(() -> session.login(User.USER, pin))
                    .hasMessage("C_Login: CKR_PIN_INCORRECT (0xA0)")
                    .hasNoCause();
        }
    }
}
