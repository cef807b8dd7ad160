package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

/// A table of the README between two comments, which a run writes: programs, what they sign, and
/// how it went.
public final class ReadmeTable {
    private final String begin;
    private final String end;
    private final StringBuilder table =
            new StringBuilder("| program | signs | result |\n| --- | --- | --- |\n");

    private ReadmeTable(String begin, String end) {
        this.begin = begin;
        this.end = end;
    }

    /// The one with this name.
    ///
    /// @param name in both comments
    /// @param test that writes it
    public static ReadmeTable of(String name, Class<?> test) {
        return new ReadmeTable(
                "<!-- " + name + ": " + test.getSimpleName() + " writes this table -->\n",
                "<!-- /" + name + " -->\n");
    }

    /// Adds a program.
    ///
    /// @param page in `docs/how-to`
    /// @param result begins with `works`, `fails` or `not tried`
    public void row(String program, String page, String signs, String result) {
        table.append("| [%s](docs/how-to/%s.md) ".formatted(program, page))
                .append("| %s ".formatted(signs))
                .append("| %s |\n".formatted(result));
    }

    /// Holds the README against it; one that is wrong is right afterwards.
    public void require() throws Exception {
        var before = Page.change(Program.HOME.resolve("README.md"), this::in);
        assertThat(before).as("the table, which is right now").isEqualTo(in(before));
    }

    private String in(String readme) {
        assertThat(readme).contains(begin, end);
        int from = readme.indexOf(begin) + begin.length();
        return readme.substring(0, from) + table + readme.substring(readme.indexOf(end));
    }

    /// How often a PIN was typed, for a result.
    public static String pins(int pins) {
        return "PIN " + (pins == 1 ? "once" : pins == 2 ? "twice" : pins + " times");
    }
}
