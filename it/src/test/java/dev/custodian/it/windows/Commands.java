package dev.custodian.it.windows;

import java.util.List;
import java.util.regex.Pattern;

/// What a program under Wine is told to do, all in one process: to start one takes seconds.
final class Commands {
    private Commands() {}

    /// Commands that have `--` between them.
    static List<List<String>> of(String... arguments) {
        return Pattern.compile("\n--\n")
                .splitAsStream(String.join("\n", arguments))
                .map(one -> List.of(one.split("\n")))
                .toList();
    }
}
