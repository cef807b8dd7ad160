package dev.custodian.cli.windows;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The programs that are started when this user logs on, each by a name.
public interface LogonPrograms {
    /// Longest command line that Windows starts so, in characters.
    int LONGEST = 260;

    /// The command line of one; null when there is none.
    @Nullable String commandLine(String name) throws IOException;

    void set(String name, String commandLine) throws IOException;

    void remove(String name) throws IOException;
}
