package dev.custodian.server.vault;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.config.Config;
import java.io.Console;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The passphrase that master keys are sealed under: from the file that the configuration names, or
/// typed on the terminal. It is asked for when it is first needed, and once; until it is closed, it
/// waits outside the heap.
public final class Passphrase implements AutoCloseable {
    private final @Nullable Path file;
    private @Nullable Secret known;

    private Passphrase(@Nullable Path file, @Nullable Secret known) {
        this.file = file;
        this.known = known;
    }

    public static Passphrase of(Config config) {
        return in(config.passphrase());
    }

    /// One that is in a file.
    ///
    /// @param file null for the terminal
    public static Passphrase in(@Nullable Path file) {
        return new Passphrase(file, null);
    }

    /// A new one, which is typed twice.
    public static Passphrase typedTwice() throws Refused {
        var first = typed("New passphrase of the master key: ");
        try (var again = typed("The same once more: ")) {
            if (Arrays.equals(first.expose(), again.expose())) {
                return new Passphrase(null, first);
            }
        } catch (Refused e) {
            first.close();
            throw e;
        }
        first.close();
        throw new Refused(FailureKind.USAGE, "The two passphrases were not the same.");
    }

    /// The file that it is in; null for none.
    public @Nullable Path file() {
        return file;
    }

    /// Whether new master keys are to be sealed: there is a file, or it was needed already.
    boolean isWanted() {
        return file != null || known != null;
    }

    /// The passphrase, in UTF-8; it stays this object's. Refused where there is neither file nor
    /// terminal.
    Secret get() throws Refused {
        var there = known;
        if (there == null) {
            there = file == null ? typed("Passphrase of the master key: ") : Vaults.read(file);
            known = there;
        }
        return there;
    }

    private static Secret typed(String prompt) throws Refused {
        var console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (console.isEmpty()) {
            throw new Refused(
                    FailureKind.KEY_FILE_UNUSABLE,
                    "The passphrase of the master key is asked for on a terminal, and there is none."
                            + " A file of mode 600 or a credential of systemd: keys.passphrase.");
        }
        var typed = console.get().readPassword("%s", prompt);
        if (typed == null || typed.length == 0) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, "No passphrase was typed.");
        }
        var octets = ByteBuffer.allocate(3 * typed.length);
        try {
            var result =
                    StandardCharsets.UTF_8
                            .newEncoder()
                            .encode(CharBuffer.wrap(typed), octets, true);
            if (result.isError()) {
                throw new Refused(FailureKind.KEY_FILE_UNUSABLE, "What was typed is no text.");
            }
            return Secret.copyOf(octets.array(), 0, octets.position());
        } finally {
            Arrays.fill(typed, '\0');
            Arrays.fill(octets.array(), (byte) 0);
        }
    }

    @Override
    public void close() {
        if (known != null) {
            known.close();
        }
    }
}
