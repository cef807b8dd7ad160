package dev.custodian.it.windows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.custodian.agent.Main;
import dev.custodian.it.prompt.Seen;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;

/// The shipped agent, with one more thread that tells what its windows show: for each line on
/// standard input, that line and what is seen. It answers nothing: keys do.
final class WatchedAgent {
    private WatchedAgent() {}

    public static void main(String[] args) throws InterruptedException {
        Thread.ofPlatform().daemon().start(WatchedAgent::watch);
        Main.main(args);
    }

    private static void watch() {
        var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        // Standard output has an encoding of Windows' own.
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
        try {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                out.println(line + ": " + Seen.windows());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
