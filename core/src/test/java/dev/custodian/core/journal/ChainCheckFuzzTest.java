package dev.custodian.core.journal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;

/// Whatever records a server shows, they continue the chain or break it.
class ChainCheckFuzzTest {
    private static final Bytes SALT = Bytes.of(new byte[SaltedRecord.SALT_SIZE]);
    private static final ChainMemory NONE =
            ChainMemory.none(Id.of(Id.Kind.CREDENTIAL, Bytes.of(new byte[16])));

    /// Input: records, each as `u8 index | u16 size | size octets`; the last may be cut off.
    @FuzzTest
    void recordsContinueOrBreakIt(byte[] input) {
        var in = ByteBuffer.wrap(input);
        var records = new ArrayList<SaltedRecord>();
        try {
            while (in.remaining() > Byte.BYTES + Short.BYTES) {
                long index = in.get();
                var record = new byte[Math.min(in.getShort() & 0xffff, in.remaining())];
                in.get(record);
                records.add(SaltedRecord.parse(index, SALT, Bytes.of(record)));
            }
            var memory = ChainCheck.follow(NONE, records);
            if (memory.seq() != records.size()) {
                throw new AssertionError(memory);
            }
        } catch (MalformedException | JournalBrokenException e) {
            return;
        }
    }
}
