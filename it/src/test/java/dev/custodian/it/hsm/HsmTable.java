package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.Page;
import dev.custodian.it.Program;
import dev.custodian.server.vault.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The table of `docs/reference/hsm.md`, a column for each module, which runs write: what `hsm
/// check` found.
final class HsmTable {
    private static final Path PAGE = Program.HOME.resolve("docs/reference/hsm.md");
    private static final String BEGIN =
            "<!-- modules: runs of HsmCheckContract write this table -->";
    private static final String END = "<!-- /modules -->";

    private HsmTable() {}

    /// Holds a module's column against what was found; one that is wrong is right afterwards.
    static void require(String module, List<Finding> findings) throws Exception {
        var before = Page.change(PAGE, page -> with(module, findings, page));
        assertThat(before)
                .as("the table, which is right now")
                .isEqualTo(with(module, findings, before));
    }

    private static String with(String module, List<Finding> findings, String text) {
        var page = text.lines().toList();
        int from = page.indexOf(BEGIN);
        int to = page.indexOf(END);
        assertThat(from).isNotNegative().isLessThan(to);
        var rows = new ArrayList<List<String>>();
        for (var line : page.subList(from + 1, to)) {
            rows.add(cells(line));
        }
        int column = rows.getFirst().indexOf(module);
        assertThat(column).as(module).isPositive();
        var tried = findings.stream().map(Finding::tried).toList();
        var known = rows.stream().skip(2).map(List::getFirst).toList();
        assertThat(known).containsAll(tried);
        var after = new ArrayList<>(page.subList(0, from + 1));
        for (int i = 0; i < rows.size(); i++) {
            var row = new ArrayList<>(rows.get(i));
            if (i >= 2) {
                row.set(column, outcome(row.getFirst(), findings));
            }
            after.add("| " + String.join(" | ", row) + " |");
        }
        after.addAll(page.subList(to, page.size()));
        return String.join("\n", after) + "\n";
    }

    private static List<String> cells(String line) {
        return List.of(line.substring(2, line.length() - 2).split(" \\| "));
    }

    private static String outcome(String tried, List<Finding> findings) {
        return findings.stream()
                .filter(one -> one.tried().equals(tried))
                .findFirst()
                .map(one -> one.outcome().text())
                .orElse(Finding.Outcome.NOT_OFFERED.text());
    }
}
