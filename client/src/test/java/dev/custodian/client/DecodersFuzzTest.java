package dev.custodian.client;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.util.Map;

/// Whatever a server or a disk gives us ends in a record or in the one exception of its kind.
class DecodersFuzzTest {
    private static final Id CREDENTIAL = Id.of(Id.Kind.CREDENTIAL, Bytes.of(new byte[16]));

    @FuzzTest
    void memoryIsReadOrMalformed(byte[] input) {
        try {
            var octets = Bytes.of(input);
            var again = Remembered.decode(octets).encode();
            if (!Remembered.decode(again).encode().equals(again)) {
                throw new AssertionError("not stable");
            }
        } catch (MalformedException e) {
            return;
        }
    }

    @FuzzTest
    void credentialIsReadOrRefused(byte[] input) {
        try {
            Credential.of(CREDENTIAL, answer(200, input).orRefused());
        } catch (Refused e) {
            return;
        }
    }

    @FuzzTest
    void refusalIsAlwaysOne(byte[] input) {
        var kind = answer(400, input).refusal().kind();
        if (kind.sentence().isEmpty()) {
            throw new AssertionError(kind);
        }
    }

    @FuzzTest
    void identityIsBelievedOrRefused(byte[] input) {
        try {
            var text = new String(input, java.nio.charset.StandardCharsets.ISO_8859_1);
            new IdentityCheck(Bytes.of(new byte[32]), Clock.systemUTC())
                    .check(text, FailureKind.IDENTITY_CHANGED);
            throw new AssertionError("believed without its key");
        } catch (Refused e) {
            return;
        }
    }

    @FuzzTest
    void recordsAreReadOrRefused(byte[] input) {
        try {
            var page = answer(200, input).orRefused();
            var note = Journal.note(page);
            if (!note.encode().equals(Bytes.utf8(page.text("checkpoint")))) {
                throw new AssertionError("a second form");
            }
            for (var record : Journal.records(page)) {
                Journal.parse(record);
            }
            page.hashes("proof");
        } catch (Refused e) {
            return;
        }
    }

    private static Answer answer(int status, byte[] body) {
        var headers = HttpHeaders.of(Map.of(), (_, _) -> true);
        return Answer.of("fuzz", new Reply(status, headers, Bytes.of(body), Bytes.EMPTY, false));
    }
}
