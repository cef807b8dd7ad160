package dev.custodian.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The commands of a page in `docs/how-to`, run as they are printed.
public final class Recipe {
    private static final Pattern COMMANDS =
            Pattern.compile("^```sh\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private final String page;

    private Recipe(String page) {
        this.page = page;
    }

    /// The page `docs/how-to/NAME.md`.
    public static Recipe of(String page) {
        return new Recipe(page);
    }

    private String commands() throws Exception {
        var text = Files.readString(Program.HOME.resolve("docs/how-to/" + page + ".md"));
        var blocks = COMMANDS.matcher(text).results().map((MatchResult r) -> r.group(1)).toList();
        if (blocks.isEmpty()) {
            throw new AssertionError("no commands in " + page);
        }
        return String.join("", blocks);
    }

    /// Runs all of its commands in one shell, which ends at the first that fails.
    ///
    /// @param asNobodySpecial whether not to be root: p11-kit reads no module files of root's
    public Program.Ran run(Path folder, Map<String, String> environment, boolean asNobodySpecial)
            throws Exception {
        var line = new ArrayList<String>();
        if (asNobodySpecial && "root".equals(System.getProperty("user.name"))) {
            // In a namespace of its own: who asks is still root for the agent.
            line.addAll(List.of("unshare", "--user", "--map-user=1000", "--map-group=1000"));
        }
        line.addAll(List.of("sh", "-euc", commands()));
        return Program.run(folder, environment, line);
    }
}
