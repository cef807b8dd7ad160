package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Custody;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The vault over SoftHSM, behind a module that hands on every call until it is told to misbehave.
class SoftHsmVaultIT extends TokenVaultContract {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final int OUTAGES = 100;

    private @Nullable Faults faults;

    @Override
    String named() {
        return "SoftHSM 2.6.1";
    }

    @Override
    Hsm token(Path folder) throws Exception {
        var around = Faults.around(Hsm.softHsm(folder), folder);
        faults = around;
        return around.hsm();
    }

    private void order(String... lines) throws Exception {
        Objects.requireNonNull(faults).order(lines);
    }

    @AfterEach
    void behave() throws Exception {
        order();
    }

    /// The use fails while the module does so, and the same approval signs when it does not.
    private void fails(Custody custody, String order) throws Exception {
        var key = make(KeyAlgorithm.P256, custody).key();
        var approved = approved(key, ECDSA, "one", "two");
        order(order.split(";"));
        refused(() -> use(approved));
        refused(() -> use(approved));
        order();
        var signatures = useAtLast(approved);
        assertThat(verifies(key, ECDSA, signatures.get(0), "one")).isTrue();
        assertThat(verifies(key, ECDSA, signatures.get(1), "two")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "CKR_DEVICE_REMOVED, C_SignInit return 0x32",
        "CKR_DEVICE_REMOVED with all sessions, C_Sign lose 0x32",
        "CKR_TOKEN_NOT_PRESENT from everything, * return 0xE0",
        "CKR_USER_NOT_LOGGED_IN, C_SignInit return 0x101",
        "CKR_CRYPTOKI_NOT_INITIALIZED, C_SignInit return 0x190",
        "CKR_FUNCTION_FAILED, C_Sign return 0x6",
        "CKR_HOST_MEMORY, C_Sign return 0x2",
        "CKR_DEVICE_MEMORY, C_SignInit return 0x31",
        "CKR_SESSION_COUNT after all sessions went, C_SignInit lose 0xB3;C_OpenSession return 0xB1",
        "a signature that is wrong, C_Sign wrong",
        "a signature that is short, C_Sign says 7",
        "a length that cannot be, C_Sign says 0x7fffffffffffff00"
    })
    void moduleThatFailsOrLiesGivesNoSignatureAndCostsNoApproval(String what, String order)
            throws Exception {
        for (var custody : Custody.values()) {
            fails(custody, order);
        }
        assertThat(what).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"C_UnwrapKey return 0x32", "C_UnwrapKey return 0x5", "C_DestroyObject return 0x30"})
    void keyThatDoesNotComeBackOrGoAwayCostsNoApproval(String order) throws Exception {
        int before = objects();
        fails(Custody.OWNER_SEALED, order);
        assertThat(objects()).as("nothing is left").isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void noKeyIsMadeWhoseFirstSignatureIsWrong(Custody custody) throws Exception {
        int before = objects();
        order("C_Sign wrong");
        assertThat(failed(() -> make(KeyAlgorithm.P256, custody))).isTrue();
        assertThat(objects()).isEqualTo(before);
    }

    private static boolean failed(Callable<?> work) {
        try {
            work.call();
            return false;
        } catch (Exception e) {
            return e instanceof GeneralSecurityException;
        }
    }

    @Test
    void slowModuleSignsWhatIsAskedAtOnce() throws Exception {
        var key = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        order("C_Sign slow 1000");
        try (var threads = Executors.newFixedThreadPool(4)) {
            var uses = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 4; i++) {
                var word = "word " + i;
                uses.add(() -> verifies(key, ECDSA, sign(key, ECDSA, word).getFirst(), word));
            }
            for (var one : threads.invokeAll(uses)) {
                assertThat(one.get()).isTrue();
            }
        }
    }

    @Test
    @Tag("slow")
    void hundredOutagesLoseNoApproval() throws Exception {
        var key = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        int before = objects();
        for (int i = 0; i < OUTAGES; i++) {
            var word = "word " + i;
            var approved = approved(key, ECDSA, word);
            order("C_Sign lose 0x32");
            refused(() -> use(approved));
            order();
            assertThat(verifies(key, ECDSA, useAtLast(approved).getFirst(), word)).isTrue();
        }
        assertThat(objects()).isEqualTo(before);
        await("each use has its outcome")
                .atMost(Duration.ofSeconds(60))
                .until(() -> openUses() == 0);
    }
}
