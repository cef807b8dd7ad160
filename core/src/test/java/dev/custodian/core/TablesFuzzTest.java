package dev.custodian.core;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A word or number is in its table under exactly this spelling, or it is refused.
class TablesFuzzTest {
    /// Reads a word or number and writes what was read.
    private interface Table<T> {
        T again(T name) throws MalformedException;
    }

    private static final List<Table<String>> WORDS =
            List.of(
                    text -> Purpose.parse(text).text(),
                    text -> Custody.parse(text).text(),
                    text -> HashAlgorithm.ofOid(text).oid(),
                    text -> KeyAlgorithm.ofName(text).display());

    private static final List<Table<Integer>> NUMBERS =
            List.of(
                    code -> SignatureScheme.ofCode(code).code(),
                    id -> Scheme.ofId(id).id(),
                    id -> KeyAlgorithm.ofId(id).id());

    @FuzzTest
    void wordsAreKnownOrRefused(byte[] octets) {
        check(WORDS, new String(octets, StandardCharsets.UTF_8));
    }

    @FuzzTest
    void numbersAreKnownOrRefused(byte[] octets) {
        if (octets.length >= Integer.BYTES) {
            check(NUMBERS, ByteBuffer.wrap(octets).getInt());
        }
    }

    private static <T> void check(List<Table<T>> tables, T name) {
        for (var table : tables) {
            try {
                if (!table.again(name).equals(name)) {
                    throw new AssertionError("a second spelling");
                }
            } catch (MalformedException _) {
                // A refusal is as good.
            }
        }
    }
}
