package dev.custodian.agent.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Refused;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// Whatever a pinentry says, it is data of at most a line, or an error.
class AssuanFuzzTest {
    @FuzzTest
    void answerIsDataOrAnError(byte[] said) throws IOException, Refused {
        var in = new ByteArrayInputStream(said);
        var assuan = new Assuan(in::read, new ByteArrayOutputStream());
        try {
            assuan.greeted();
            try (var data = assuan.ask("GETPIN", "")) {
                assertThat(data.size()).isLessThanOrEqualTo(Assuan.LONGEST_LINE);
            }
        } catch (AssuanException e) {
            assertThat(e.code()).isBetween(0, 0xffff);
        }
    }
}
