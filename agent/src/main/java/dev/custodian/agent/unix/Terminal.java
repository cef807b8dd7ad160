package dev.custodian.agent.unix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// The terminal of another process of the same user. While it is open, what is typed there is not
/// shown, and comes here a line at a time.
public final class Terminal implements AutoCloseable {
    /// Octets of a line (`N_TTY_BUF_SIZE` of Linux).
    public static final int LONGEST_LINE = 4096;

    /// Of `struct termios`, with room behind it; the local modes are its fourth number.
    private static final int ATTRIBUTES = 128;

    private static final int LOCAL_MODES = 12;
    private static final int SIGNALS = 1;
    private static final int LINES = 2;
    private static final int ECHO = 8;
    private static final int ECHO_OF_LINE_FEED = 64;

    private static final int FIRST_PTS = 136;
    private static final int LAST_PTS = 143;

    private final Descriptor descriptor;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment before = arena.allocate(ATTRIBUTES, 8);
    private final MemorySegment buffer = arena.allocate(LONGEST_LINE);
    private final Thread hook = new Thread(this::restore, "terminal");
    private int ours;

    private Terminal(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /// Opens a terminal, hides what is typed and forgets what was typed before.
    ///
    /// @param device its number, as `stat` of a process tells it (proc(5))
    /// @param user whose it must be
    public static Terminal open(int device, int user) throws IOException {
        // Where the agent was started on this very terminal, the system would stop it for this.
        Libc.ignore(Libc.SIGTTOU);
        Libc.ignore(Libc.SIGTTIN);
        var terminal = new Terminal(new Descriptor(Libc.openTerminal(path(device))));
        try {
            terminal.require(device, user);
            terminal.hide();
            return terminal;
        } catch (IOException | RuntimeException e) {
            terminal.free();
            throw e;
        }
    }

    /// Where the system keeps it.
    static String path(int device) throws IOException {
        int major = device >>> 8 & 0xfff;
        int minor = device & 0xff | device >>> 12 & 0xfff00;
        if (major >= FIRST_PTS && major <= LAST_PTS) {
            return "/dev/pts/" + ((major - FIRST_PTS << 8) + minor);
        }
        if (major == 4 && minor > 0 && minor < 64) {
            return "/dev/tty" + minor;
        }
        throw new IOException("device " + device + " is no terminal that is known here");
    }

    /// The path may be another one's by now, or lead elsewhere: only what was opened counts.
    private void require(int device, int user) throws IOException {
        var opened = Path.of("/proc/self/fd/" + descriptor.number());
        var found = Files.readAttributes(opened, "unix:rdev,uid");
        if (!Long.valueOf(Integer.toUnsignedLong(device)).equals(found.get("rdev"))
                || !Integer.valueOf(user).equals(found.get("uid"))) {
            throw new IOException("the terminal belongs to somebody else");
        }
    }

    private void hide() throws IOException {
        Libc.tcgetattr(descriptor.number(), before);
        ours = modes(before) & ~(ECHO | ECHO_OF_LINE_FEED) | LINES | SIGNALS;
        Runtime.getRuntime().addShutdownHook(hook);
        set(ours);
    }

    private static int modes(MemorySegment attributes) {
        return attributes.get(ValueLayout.JAVA_INT, LOCAL_MODES);
    }

    private void set(int modes) throws UnixException {
        try (var confined = Arena.ofConfined()) {
            var attributes = confined.allocate(ATTRIBUTES, 8).copyFrom(before);
            attributes.set(ValueLayout.JAVA_INT, LOCAL_MODES, modes);
            Libc.tcsetattr(descriptor.number(), attributes);
        }
    }

    /// Shows again what is typed, unless somebody else has set up the terminal since then.
    private synchronized void restore() {
        try (var confined = Arena.ofConfined()) {
            var now = confined.allocate(ATTRIBUTES, 8);
            Libc.tcgetattr(descriptor.number(), now);
            if (modes(now) == ours) {
                set(modes(before));
            }
        } catch (UnixException e) {
            // it was hung up: there is nothing to restore
        }
    }

    /// Shows a text, as far as there is room in time.
    ///
    /// @param limit longest wait for room
    public void write(String text, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        try (var confined = Arena.ofConfined()) {
            var octets =
                    confined.allocateFrom(
                            ValueLayout.JAVA_BYTE, text.getBytes(StandardCharsets.UTF_8));
            for (long at = 0; at < octets.byteSize(); ) {
                at += Libc.write(descriptor.number(), octets.asSlice(at));
                if (at < octets.byteSize()) {
                    if (System.nanoTime() - end > 0) {
                        throw new IOException("the terminal takes no more text");
                    }
                    descriptor.await(Libc.POLLOUT, Duration.ofMillis(50));
                }
            }
        }
    }

    /// Forgets what was typed and not read.
    public void forget() throws IOException {
        Libc.tcflush(descriptor.number());
    }

    /// Reads what there is of a line, at most `into.length` octets.
    ///
    /// @param limit longest wait
    /// @return how many; 0 when nothing came in time, -1 when it was hung up or input ended
    public int read(byte[] into, Duration limit) throws IOException {
        short what = descriptor.await(Libc.POLLIN, limit);
        if (what == 0) {
            return 0;
        }
        if ((what & Libc.POLLIN) == 0) {
            return -1;
        }
        var piece = buffer.asSlice(0, Math.min(into.length, buffer.byteSize()));
        try {
            int size = Libc.read(descriptor.number(), piece);
            MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, into, 0, size);
            return size == 0 ? -1 : size;
        } catch (UnixException e) {
            if (e.errno() == Libc.EAGAIN) {
                return 0; // another one has read it
            }
            throw e;
        } finally {
            buffer.fill((byte) 0);
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process ends, and the hook with it
        }
        free();
    }

    private void free() {
        descriptor.close();
        arena.close();
    }
}
