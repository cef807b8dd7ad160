package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.client.DeviceSession;
import dev.custodian.client.Pin;
import dev.custodian.client.SingleCalls;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// What a server process refuses, and that nothing is lost by it. Time goes on from test to test.
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RefusalsIT {
    private static final String WRONG = "274914";
    private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    private static final Bytes ONE = Hashes.sha256(Bytes.utf8("one"));
    private static final Bytes OTHER = Hashes.sha256(Bytes.utf8("other"));

    private Path folder;
    private Installation installation;
    private Serving serving;
    private OwnerDevice ada;
    private OwnerDevice bob;
    private Id ofAda;
    private Id ofBob;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        this.folder = folder;
        installation = Installation.in(folder);
        serve();
        ada = OwnerDevice.enrol(installation.invite(serving.url()), folder.resolve("ada"));
        bob = OwnerDevice.enrol(installation.invite(serving.url()), folder.resolve("bob"));
        ofAda = installation.credentials(ada.owner(), "P-256").getFirst();
        ofBob = installation.credentials(bob.owner(), "P-256").getFirst();
    }

    private void serve() throws Exception {
        serving = installation.serveObserved(folder.resolve("bodies"));
    }

    @AfterAll
    void end() throws Exception {
        serving.close();
        assertThat(serving.logged())
                .as("the server's log")
                .doesNotContain("Exception", "\tat ", WRONG, OwnerDevice.PIN);
    }

    private static void refused(FailureKind kind, ThrowingCallable call) {
        var refusal = Assertions.catchThrowableOfType(Refused.class, call);
        assertThat(refusal).as("a refusal").isNotNull();
        assertThat(refusal.kind()).as(refusal.detail()).isEqualTo(kind);
        assertThat(refusal.detail()).doesNotContain("Exception", "\n");
    }

    private static String authorize(
            OwnerDevice owner, DeviceSession session, Id credential, Bytes... digests)
            throws Refused {
        try (var pin = Pin.of(OwnerDevice.PIN.toCharArray());
                var share = owner.share()) {
            return new SingleCalls(session)
                    .authorize(credential, HashAlgorithm.SHA256, pin, share, List.of(digests));
        }
    }

    @Test
    @Order(1)
    void digestOfTheWrongLengthIsRefused() throws Exception {
        try (var session = ada.session()) {
            var calls = new SingleCalls(session);
            var sad = authorize(ada, session, ofAda, ONE);
            refused(
                    FailureKind.DIGEST_LENGTH,
                    () -> calls.signHash(ofAda, sad, ECDSA_SHA256, Bytes.of(new byte[20])));
            refused(
                    FailureKind.DIGEST_LENGTH,
                    () -> ada.sign(session, ofAda, OwnerDevice.PIN, Bytes.of(new byte[20])));
            assertThat(calls.signHash(ofAda, sad, ECDSA_SHA256, ONE)).hasSize(1);
        }
    }

    @Test
    @Order(2)
    void digestThatWasNotApprovedIsRefusedAndTheApprovedOneIsSignedOnce() throws Exception {
        try (var session = ada.session()) {
            var calls = new SingleCalls(session);
            var sad = authorize(ada, session, ofAda, ONE);
            refused(
                    FailureKind.DIGEST_NOT_AUTHORIZED,
                    () -> calls.signHash(ofAda, sad, ECDSA_SHA256, OTHER));
            refused(
                    FailureKind.DIGEST_NOT_AUTHORIZED,
                    () -> calls.signHash(ofAda, sad, ECDSA_SHA256, ONE, OTHER));
            var signature = calls.signHash(ofAda, sad, ECDSA_SHA256, ONE);
            // used up: nothing new comes of it, only the same answer
            assertThat(calls.signHash(ofAda, sad, ECDSA_SHA256, ONE)).isEqualTo(signature);
            refused(
                    FailureKind.DIGEST_NOT_AUTHORIZED,
                    () -> calls.signHash(ofAda, sad, ECDSA_SHA256, OTHER));
        }
    }

    @Test
    @Order(3)
    void sadAndCredentialOfAnotherOwnerAreRefused() throws Exception {
        try (var adas = ada.session();
                var bobs = bob.session()) {
            var sad = authorize(ada, adas, ofAda, ONE);
            var calls = new SingleCalls(bobs);
            refused(FailureKind.SAD_UNKNOWN, () -> calls.signHash(ofBob, sad, ECDSA_SHA256, ONE));
            refused(
                    FailureKind.CREDENTIAL_UNKNOWN,
                    () -> calls.signHash(ofAda, sad, ECDSA_SHA256, ONE));
            refused(FailureKind.CREDENTIAL_UNKNOWN, () -> authorize(bob, bobs, ofAda, ONE));
            refused(
                    FailureKind.SAD_UNKNOWN,
                    () ->
                            calls.signHash(
                                    ofBob,
                                    "sad_" + Bytes.of(new byte[32]).base64Url(),
                                    ECDSA_SHA256,
                                    ONE));
        }
    }

    @Test
    @Order(4)
    void wrongPinIsCountedOverARestartThenDelayedThenLocked() throws Exception {
        tryPin(WRONG, FailureKind.FACTORS_REFUSED);
        tryPin(WRONG, FailureKind.FACTORS_REFUSED);
        serving.kill();
        serve();
        tryPin(WRONG, FailureKind.FACTORS_REFUSED);
        tryPin(OwnerDevice.PIN, FailureKind.FACTORS_DELAYED);
        serving.forward(Duration.ofSeconds(31));
        tryPin(WRONG, FailureKind.FACTORS_REFUSED);
        tryPin(OwnerDevice.PIN, FailureKind.FACTORS_DELAYED);
        serving.forward(Duration.ofSeconds(301));
        tryPin(WRONG, FailureKind.FACTORS_REFUSED);
        serving.forward(Duration.ofHours(2));
        tryPin(OwnerDevice.PIN, FailureKind.DEVICE_LOCKED);
    }

    private void tryPin(String pin, FailureKind expected) throws Exception {
        try (var session = bob.session()) {
            refused(expected, () -> bob.sign(session, ofBob, pin, ONE));
        }
    }

    @Test
    @Order(5)
    void expiredSadIsRefusedAndANewOneSigns() throws Exception {
        String sad;
        try (var session = ada.session()) {
            sad = authorize(ada, session, ofAda, ONE);
        }
        serving.forward(Duration.ofMinutes(16));
        try (var session = ada.session()) {
            var calls = new SingleCalls(session);
            var refusal =
                    Assertions.catchThrowableOfType(
                            Refused.class, () -> calls.signHash(ofAda, sad, ECDSA_SHA256, ONE));
            // SAD_UNKNOWN once the row has been swept away
            assertThat(refusal.kind()).isIn(FailureKind.SAD_EXPIRED, FailureKind.SAD_UNKNOWN);
            assertThat(ada.sign(session, ofAda, OwnerDevice.PIN, OTHER).signatures()).hasSize(1);
        }
    }
}
