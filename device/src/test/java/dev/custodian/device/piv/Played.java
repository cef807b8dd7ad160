package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Gives the answers that it was told, and keeps the commands.
final class Played implements CardConnection {
    private final Deque<String> answers;
    private final boolean extended;
    final List<Bytes> commands = new ArrayList<>();

    /// The very arrays, to see that they were wiped.
    final List<byte[]> sent = new ArrayList<>();

    Played(boolean extended, String... answers) {
        this.extended = extended;
        this.answers = new ArrayDeque<>(List.of(answers));
    }

    @Override
    public byte[] transmit(byte[] command) throws IOException {
        commands.add(Bytes.of(command));
        sent.add(command);
        var answer = answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
        return Bytes.fromHex(answer.replace(" ", "")).toArray();
    }

    @Override
    public boolean extendedLength() {
        return extended;
    }

    @Override
    public void begin() {}

    @Override
    public void end() {}

    @Override
    public void reset() {}

    @Override
    public void reconnect() {}

    @Override
    public void close() {}
}
