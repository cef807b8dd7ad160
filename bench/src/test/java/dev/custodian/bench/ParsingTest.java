package dev.custodian.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ParsingTest {
    @Test
    void answerWithoutALengthIsAnError() {
        assertThatThrownBy(
                        () ->
                                Connection.length(
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void lengthIsReadWhateverItsCase() throws Exception {
        assertThat(Connection.length("HTTP/1.1 200 OK\r\nContent-Length: 512\r\nA: b\r\n\r\n"))
                .isEqualTo(512);
        assertThat(Connection.length("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).isZero();
    }

    @Test
    void residentMemoryIsInMegabytes() {
        assertThat(Programs.megabytes("VmHWM:\t  999999 kB\nVmRSS:\t  100000 kB\n"))
                .isEqualTo(102.4);
    }
}
