package dev.custodian.agent.prompt;

import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The client's side of the Assuan protocol, as far as pinentry speaks it (Assuan manual, "Client
/// requests" and "Server responses"): one line asked, lines answered until `OK` or `ERR`.
///
/// What is answered may be a PIN: it stays in arrays that are wiped.
final class Assuan {
    /// Octets of a line, without the line feed.
    static final int LONGEST_LINE = 1000;

    private final Source in;
    private final OutputStream out;
    private final byte[] received = new byte[4096];
    private int held;

    /// Where the answers come from.
    @FunctionalInterface
    interface Source {
        /// Waits for octets.
        ///
        /// @return how many there are; -1 at the end
        /// @throws AssuanException when the wait is over
        /// @throws Refused when nobody wants the answer any more
        int read(byte[] into) throws IOException, AssuanException, Refused;
    }

    Assuan(Source in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /// Waits for the greeting.
    void greeted() throws IOException, AssuanException, Refused {
        answer().close();
    }

    /// Gives a command.
    ///
    /// @param argument any text; escaped here
    /// @return the data of the answer; empty when it has none. The caller closes it
    Secret ask(String command, String argument) throws IOException, AssuanException, Refused {
        return ask(command, argument, new char[0]);
    }

    /// Gives a command at whose end a secret stands.
    ///
    /// @param secret ASCII without a percent sign; the caller wipes it
    /// @return as above
    Secret ask(String command, String argument, char[] secret)
            throws IOException, AssuanException, Refused {
        var start = line(command, argument);
        int size = start.length + secret.length;
        if (size > LONGEST_LINE) {
            throw new IllegalArgumentException("an Assuan line of " + size + " octets");
        }
        var line = Arrays.copyOf(start, size + 1);
        for (int i = 0; i < secret.length; i++) {
            line[start.length + i] = (byte) secret[i];
        }
        line[size] = '\n';
        try {
            out.write(line);
            out.flush();
        } finally {
            Arrays.fill(line, (byte) 0);
        }
        var answer = answer();
        if (secret.length > 0) {
            // A comment of the same size, so that no buffer on the way keeps it.
            Arrays.fill(line, (byte) '#');
            line[size] = '\n';
            out.write(line);
            out.flush();
        }
        return answer;
    }

    /// Whether the command fits a line, with a secret of so many characters at its end.
    static boolean fits(String command, String argument, int secret) {
        return line(command, argument).length + secret <= LONGEST_LINE;
    }

    private static byte[] line(String command, String argument) {
        var escaped = argument.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
        var line = escaped.isEmpty() ? command : command + " " + escaped;
        return line.getBytes(StandardCharsets.UTF_8);
    }

    private Secret answer() throws IOException, AssuanException, Refused {
        var data = new byte[LONGEST_LINE];
        try {
            for (int size = 0; ; ) {
                try (var line = nextLine()) {
                    var octets = line.expose();
                    if (isWord(octets, "OK")) {
                        return Secret.copyOf(data, 0, size);
                    } else if (isWord(octets, "ERR")) {
                        throw failure(octets);
                    } else if (isWord(octets, "D")) {
                        size = append(octets, data, size);
                    } else if (!isWord(octets, "S") && octets.length > 0 && octets[0] != '#') {
                        throw nonsense("it answered neither OK nor ERR");
                    }
                }
            }
        } finally {
            Arrays.fill(data, (byte) 0);
        }
    }

    /// The next line, without its line feed. The caller closes it.
    private Secret nextLine() throws IOException, AssuanException, Refused {
        for (int at = 0; ; at++) {
            while (at == held) {
                if (held > LONGEST_LINE) {
                    throw nonsense("it sent a line without an end");
                }
                var more = new byte[received.length - held];
                int size = in.read(more);
                if (size < 0) {
                    throw nonsense("it ended");
                }
                System.arraycopy(more, 0, received, held, size);
                Arrays.fill(more, (byte) 0);
                held += size;
            }
            if (received[at] == '\n') {
                var line = Secret.copyOf(received, 0, at);
                int left = held - at - 1;
                System.arraycopy(received, at + 1, received, 0, left);
                Arrays.fill(received, left, held, (byte) 0);
                held = left;
                return line;
            }
        }
    }

    private static boolean isWord(byte[] line, String word) {
        int size = word.length();
        return line.length >= size
                && word.equals(new String(line, 0, size, StandardCharsets.ISO_8859_1))
                && (line.length == size || line[size] == ' ');
    }

    /// Appends what follows `D `, with `%25`, `%0D` and `%0A` as what they stand for; returns the
    /// new size.
    private static int append(byte[] line, byte[] data, int from) throws AssuanException {
        int size = from;
        for (int at = 2; at < line.length; at++) {
            if (size == data.length) {
                throw nonsense("it sent more than a line of data");
            }
            if (line[at] == '%') {
                int high = at + 2 < line.length ? Character.digit(line[at + 1], 16) : -1;
                int low = at + 2 < line.length ? Character.digit(line[at + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw nonsense("it sent a wrong escape");
                }
                data[size++] = (byte) (high << 4 | low);
                at += 2;
            } else {
                data[size++] = line[at];
            }
        }
        return size;
    }

    /// The number that follows `ERR `: the source of the error in the upper half, its code in the
    /// lower one. What is said beside it is not believed, nor told on.
    private static AssuanException failure(byte[] line) {
        long number = 0;
        for (int at = 4; at < line.length && line[at] >= '0' && line[at] <= '9'; at++) {
            number = Math.min(number * 10 + line[at] - '0', 1L << 40);
        }
        int code = (int) number & 0xffff;
        return new AssuanException(code, "it answered with error " + number);
    }

    private static AssuanException nonsense(String what) {
        return new AssuanException(AssuanException.NONSENSE, what);
    }
}
