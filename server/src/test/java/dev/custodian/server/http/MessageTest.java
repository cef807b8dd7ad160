package dev.custodian.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.custodian.core.Bytes;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls, replies and routes as values.
class MessageTest {
    @Test
    void headerIsFoundInAnyCaseAndRefusedTwice() throws CallRefused {
        var call = Call.of("GET", "/a", Bytes.EMPTY).withHeader("DPoP", "one");
        assertThat(call.header("dpop")).contains("one");
        assertThatExceptionOfType(CallRefused.class)
                .isThrownBy(() -> call.withHeader("dPOP", "two").header("DPoP"));
    }

    @Test
    void messagesDoNotShowWhatTheyCarry() {
        var call =
                Call.of("POST", "/a", Bytes.utf8("secret")).withHeader("Authorization", "secret");
        assertThat(call).asString().isEqualTo("POST /a [test]");
        assertThat(Reply.text(200, "secret").withHeader("X-Token", "secret"))
                .asString()
                .doesNotContain("secret");
    }

    @Test
    void laterHeaderReplacesAnEarlierOneInAnyCase() {
        var reply = Reply.empty(204).withHeader("Retry-After", "1").withHeader("retry-after", "2");
        assertThat(reply.headers()).hasSize(1).containsEntry("Retry-After", "2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nSet-Cookie: b", "a\n", "\u0000", "é"})
    void replyHeaderCannotBreakOutOfItsLine(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reply.empty(204).withHeader("X-A", value));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Reply(200, value, Bytes.EMPTY, Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:", "a\n"})
    void replyHeaderHasAProperName(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reply.empty(204).withHeader(name, "v"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/a/", "//a", "/a/../b", "/a;b", "/%61", "/a?b", "/é"})
    void routeHasAPlainPath(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Route.get(path, _ -> Reply.empty(204)));
    }
}
