package dev.custodian.server.csc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FailuresTest {
    private static final String TABLE =
            """
            malformed-request 400 invalid_request The request is not well formed.
            not-authenticated 401 invalid_token The caller is not logged in.
            invitation-refused 403 access_denied The invitation is unknown, used up or too old.
            credential-unknown 400 invalid_request Invalid parameter credentialID
            credential-disabled 400 invalid_request The credential identified by credentialID is disabled
            owner-unknown 400 invalid_request There is no such owner.
            digest-length 400 invalid_request Invalid digest value length
            scheme-refused 400 invalid_request Invalid parameter signAlgo
            intent-mismatch 400 invalid_authentication_data The authentication data is invalid
            intent-expired 400 invalid_authentication_data The authentication data is invalid
            policy-refused 400 access_denied The credential's policy does not allow this approval.
            activation-key-gone 400 invalid_authentication_data The authentication data is invalid
            factors-refused 400 invalid_authentication_data The authentication data is invalid
            factors-delayed 429 temporarily_unavailable Too many wrong tries: the next one has to wait.
            device-locked 400 invalid_request Credential locked
            consent-unknown 400 invalid_authentication_data There is no such consent for this device and credential.
            consent-expired 400 invalid_authentication_data The consent's time has run out.
            consent-used-up 400 invalid_authentication_data The consent covers no more signatures.
            consent-revoked 400 invalid_authentication_data The consent was taken back, or the credential was changed since.
            tampered 500 server_error The server's records about this owner do not fit together; nothing was signed.
            device-unknown 400 invalid_request The owner has no such device.
            last-device 400 invalid_request The owner's last device cannot be removed.
            join-request-gone 400 invalid_request The new device's request is unknown, refused or too old.
            join-requests-full 429 temporarily_unavailable Too many new devices wait for this owner's approval.
            recovery-refused 403 access_denied There is no such owner, or the recovery code is another one.
            recovery-unknown 400 invalid_request No such recovery is under way.
            hardware-not-proved 400 invalid_request It is not proved that the device key is in hardware.
            sad-unknown 400 invalid_request Invalid parameter SAD
            sad-expired 400 invalid_request SAD expired
            digest-not-authorized 400 invalid_request Hash is not authorized by the SAD
            outcome-unknown 400 invalid_request The server stopped while it signed; whether a signature was made is unknown.
            vault-failed 503 temporarily_unavailable The key could not be used just now; the approval is still good.
            busy 503 temporarily_unavailable The server has too much to do.
            storage-full 503 temporarily_unavailable The server's disk is full; nothing was lost.
            storage-failed 503 temporarily_unavailable The server's database cannot be read or written.
            usage 400 invalid_request The command line is not right.
            """;

    /// Every kind that the table does not name is one that no request can run into.
    private static final String FAULT = " 500 server_error The server has a fault of its own.";

    @Test
    void everyKindIsToldAsTheTableSays() {
        var told =
                Arrays.stream(FailureKind.values())
                        .map(FailuresTest::line)
                        .filter(line -> !line.endsWith(FAULT))
                        .collect(Collectors.joining("\n", "", "\n"));
        assertThat(told).isEqualTo(TABLE);
    }

    private static String line(FailureKind kind) {
        var told = Failures.of(kind);
        return kind.id() + " " + told.status() + " " + told.error() + " " + told.description();
    }

    @ParameterizedTest
    @EnumSource
    void everyAnswerSaysWhatToDoNext(FailureKind kind) throws Exception {
        var reply = Answers.of(new Refused(kind, "More about it."));
        var body = reply.body().utf8();
        assertThat(body).contains("\"failure\":\"" + kind.id() + "\"").contains("\"next\":\"");
        // of the server's own troubles nobody outside learns more
        assertThat(body.contains("More about it.")).isEqualTo(reply.status() < 500);
        assertThat(reply.headers().containsKey("Retry-After")).isEqualTo(reply.status() == 503);
    }
}
