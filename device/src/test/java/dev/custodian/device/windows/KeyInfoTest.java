package dev.custodian.device.windows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// What a store says of a certificate's key can be anything: any program of the user writes there.
class KeyInfoTest {
    private static final long ADDRESS = 0x7ff0_1234_5678L;
    private static final int KEY_AT = KeyInfo.SIZE;
    private static final int PROVIDER_AT = KEY_AT + 2 * "cred_a\0".length();

    private static byte[] info(long key, long provider) {
        var texts = "cred_a\0Some Provider\0".getBytes(StandardCharsets.UTF_16LE);
        return ByteBuffer.allocate(KeyInfo.SIZE + texts.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, key)
                .putLong(KeyInfo.PROVIDER_AT, provider)
                .put(KeyInfo.SIZE, texts)
                .array();
    }

    @Test
    void addressOutsideOfWhatWasCopiedIsNotFollowed() {
        int size = info(0, 0).length;
        long good = ADDRESS + KEY_AT;
        for (long bad :
                new long[] {
                    0, 1, -1, ADDRESS - 1, ADDRESS + size, Long.MAX_VALUE, Long.MIN_VALUE, good >> 1
                }) {
            assertThat(KeyInfo.parse(info(bad, good), ADDRESS)).isNull();
            assertThat(KeyInfo.parse(info(good, bad), ADDRESS)).isNull();
        }
    }

    @Test
    void textWithoutAnEndIsNone() {
        var whole = info(ADDRESS + KEY_AT, ADDRESS + PROVIDER_AT);
        for (int size = 0; size < whole.length; size++) {
            assertThat(KeyInfo.parse(Arrays.copyOf(whole, size), ADDRESS)).isNull();
        }
        // at an odd address, its last character is cut
        assertThat(KeyInfo.text(new byte[] {1, 0, 0, 0}, 1)).isEmpty();
        assertThat(KeyInfo.text(new byte[] {1, 0, 1, 0}, 1)).isNull();
    }

    @Test
    void bothNamesAreRead() {
        assertThat(KeyInfo.parse(info(ADDRESS + KEY_AT, ADDRESS + PROVIDER_AT), ADDRESS))
                .isEqualTo(new KeyInfo("cred_a", "Some Provider"));
    }
}
