package dev.custodian.device;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

/// Whatever stands in a configuration or in the file of a key, it is read or refused.
class KeyFuzzTest {
    private static void requireSame(String text, String again) {
        if (!again.equals(text)) {
            throw new AssertionError("two spellings: " + again);
        }
    }

    @FuzzTest
    void uriIsRefusedOrReadsTheSameAgain(byte[] input) {
        var text = new String(input, StandardCharsets.UTF_8);
        try {
            requireSame(text, KeyUri.parse(text).text());
        } catch (MalformedException e) {
            return;
        }
    }

    @FuzzTest
    void fileOfATpmIsRefusedOrReadsTheSameAgain(byte[] input) {
        var text = new String(input, StandardCharsets.ISO_8859_1);
        try {
            requireSame(text, PinnedFile.parse(text).text());
        } catch (MalformedException e) {
            return;
        }
    }

    /// What was unsealed: an old file, or one of somebody who has the passphrase.
    @FuzzTest
    void keyPairIsReadOrRefused(byte[] input) {
        try (var file = Secret.owning(input.clone())) {
            var pair = KeyFile.decode(file);
            if (pair.publicKey().getEncoded().length > input.length) {
                throw new AssertionError("more than there was");
            }
        } catch (GeneralSecurityException e) {
            return;
        }
    }
}
