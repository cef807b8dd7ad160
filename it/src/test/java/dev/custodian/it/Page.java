package dev.custodian.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.UnaryOperator;

/// A page of the documentation of which runs write a part, two of them at once too.
public final class Page {
    private Page() {}

    /// Changes a page, if that makes a difference.
    ///
    /// @param change from what it says to what it should say; called while nobody else changes it
    /// @return what it said
    public static String change(Path page, UnaryOperator<String> change) throws IOException {
        try (var file = FileChannel.open(page, StandardOpenOption.READ, StandardOpenOption.WRITE);
                var _ = file.lock()) {
            var before =
                    new String(
                            Channels.newInputStream(file).readAllBytes(), StandardCharsets.UTF_8);
            var after = change.apply(before);
            if (!after.equals(before)) {
                file.truncate(0);
                file.position(0);
                var octets = ByteBuffer.wrap(after.getBytes(StandardCharsets.UTF_8));
                while (octets.hasRemaining()) {
                    var _ = file.write(octets);
                }
            }
            return before;
        }
    }
}
