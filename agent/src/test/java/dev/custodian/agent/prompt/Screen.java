package dev.custodian.agent.prompt;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A terminal that `script` makes, with somebody who types and what can be read on it.
final class Screen implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);

    private final Process script;
    private final List<String> shown = new CopyOnWriteArrayList<>();
    private final int device;

    private Screen(Process script) throws IOException {
        this.script = script;
        var out = script.getInputStream();
        Thread.ofPlatform().daemon().start(() -> copy(out));
        await().atMost(LIMIT).until(() -> shown().contains("\n"));
        var pid = shown().substring(0, shown().indexOf("\n")).strip();
        var stat = Files.readString(Path.of("/proc", pid, "stat"));
        this.device = Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[4]);
    }

    /// @param program what runs on it, after it has said the number of its process
    static Screen running(String program) throws IOException {
        return new Screen(
                // where these tests run in the background, interrupts are ignored
                new ProcessBuilder(
                                "env",
                                "--default-signal=INT",
                                "script",
                                "-qfec",
                                "echo $$; " + program,
                                "/dev/null")
                        .start());
    }

    private void copy(InputStream out) {
        var some = new byte[1024];
        try {
            for (int size = out.read(some); size >= 0; size = out.read(some)) {
                shown.add(new String(some, 0, size, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            shown.add("(hung up)");
        }
    }

    /// Its number, as `stat` of a process has it.
    int device() {
        return device;
    }

    void type(String keys) throws IOException {
        script.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        script.getOutputStream().flush();
    }

    String shown() {
        return String.join("", shown);
    }

    void awaitWords(String words) {
        await().atMost(LIMIT).until(() -> shown().contains(words));
    }

    /// Whether what is typed is shown.
    boolean echoes() throws IOException, InterruptedException {
        var stty = new ProcessBuilder("stty", "-F", "/dev/pts/" + (device & 0xff), "-a").start();
        var said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        stty.waitFor();
        return said.contains(" echo ");
    }

    /// Whether a line was typed that nobody has read.
    boolean hasUnread() throws IOException, InterruptedException {
        var look = "read -t 0 < /dev/pts/" + (device & 0xff);
        return new ProcessBuilder("bash", "-c", look).start().waitFor() == 0;
    }

    void hangUp() throws IOException {
        script.destroyForcibly();
        script.getOutputStream().close();
    }

    @Override
    public void close() {
        script.destroyForcibly();
    }
}
