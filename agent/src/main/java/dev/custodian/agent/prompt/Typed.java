package dev.custodian.agent.prompt;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What a person typed, before it is a secret of some kind.
final class Typed {
    private Typed() {}

    /// The characters of octets in UTF-8; the caller wipes them.
    static char[] chars(Secret typed) throws Refused {
        var chars = CharBuffer.allocate(typed.size());
        try {
            var decoder = StandardCharsets.UTF_8.newDecoder();
            if (decoder.decode(ByteBuffer.wrap(typed.expose()), chars, true).isError()) {
                throw new Refused(FailureKind.PROMPT_UNUSABLE, "What was typed is not UTF-8.");
            }
            return Arrays.copyOf(chars.array(), chars.position());
        } finally {
            Arrays.fill(chars.array(), '\0');
        }
    }
}
