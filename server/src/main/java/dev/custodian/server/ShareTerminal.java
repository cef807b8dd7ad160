package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.vault.Share;
import dev.custodian.server.vault.ShareSet;
import dev.custodian.server.vault.Split;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Shows shares to people and has them typed in again. They are shown on a terminal alone, where
/// they get into no file; they are read from a terminal that does not show them, or line by line
/// from standard input.
final class ShareTerminal {
    private static final int LONGEST = 512;

    private ShareTerminal() {}

    private static @Nullable Console terminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).orElse(null);
    }

    /// What `--shares` says; refused too where there is no terminal to show them on.
    static Split split(String option) throws Refused {
        var split = Split.parse(option);
        if (split == null) {
            throw new Refused(
                    FailureKind.USAGE,
                    "--shares: 2/3 means that any 2 of 3 are needed; from 2/2 to 16/16.");
        }
        if (terminal() == null) {
            throw noTerminal();
        }
        return split;
    }

    private static Refused noTerminal() {
        return new Refused(
                FailureKind.USAGE,
                "--shares: the shares are shown on a terminal and nowhere else, and there is none.");
    }

    static void show(List<Share> shares) throws Refused {
        var console = terminal();
        if (console == null) {
            throw noTerminal();
        }
        var split = shares.getFirst().split();
        var out = console.writer();
        out.printf(
                "%nThe shares of set %s. Any %d of them bring its keys back; they are shown this once.%n",
                shares.getFirst().set(), split.least());
        for (var share : shares) {
            out.printf("%nshare %d of %d%n    ", share.number(), split.count());
            var text = share.text();
            out.write(text);
            Arrays.fill(text, '\0');
            out.println();
        }
        out.println();
        out.flush();
    }

    /// Has shares typed until the set is complete. What is wrong is typed again on a terminal, and
    /// ends it elsewhere.
    static void fill(ShareSet set, String name) throws Refused {
        int count = 1;
        while (!set.isComplete()) {
            var typed = line("Share " + count + " of set " + name + ": ");
            try {
                add(set, Share.parse(typed));
                count++;
            } catch (IllegalArgumentException e) {
                sayAgain(
                        "What was given as share %d of set %s %s."
                                .formatted(count, name, e.getMessage()));
            } finally {
                Arrays.fill(typed, '\0');
            }
        }
    }

    private static void sayAgain(String why) throws Refused {
        var console = terminal();
        if (console == null) {
            throw new Refused(FailureKind.USAGE, why);
        }
        console.printf("%s Once more, please.%n", why);
    }

    private static void add(ShareSet set, Share share) {
        try {
            set.add(share);
        } catch (IllegalArgumentException e) {
            share.close();
            throw e;
        }
    }

    private static char[] line(String prompt) throws Refused {
        var console = terminal();
        var line = console == null ? standardInput() : console.readPassword("%s", prompt);
        if (line == null) {
            throw new Refused(FailureKind.USAGE, "The input ended before all shares were given.");
        }
        return line;
    }

    /// Octet by octet: `System.in` would keep what it read ahead.
    @SuppressWarnings("resource") // standard input is not ours to close
    private static char @Nullable [] standardInput() throws Refused {
        var line = new char[LONGEST];
        int length = 0;
        try {
            var in = new FileInputStream(FileDescriptor.in);
            int octet = in.read();
            if (octet < 0) {
                return null;
            }
            for (; octet >= 0 && octet != '\n'; octet = in.read()) {
                if (length < LONGEST) {
                    line[length++] = (char) octet;
                }
            }
            return Arrays.copyOf(line, length);
        } catch (IOException e) {
            throw new Refused(FailureKind.USAGE, "The shares cannot be read from standard input.");
        } finally {
            Arrays.fill(line, '\0');
        }
    }
}
