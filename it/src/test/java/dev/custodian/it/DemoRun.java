package dev.custodian.it;

import dev.custodian.core.Bytes;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What `./custodian demo --json` printed.
record DemoRun(Members json, String progress) {
    /// Signs `input` into `output` as a user would.
    static DemoRun sign(Path input, Path output, String... more) throws Exception {
        var line = new ArrayList<>(List.of("demo", input.toString(), "--json"));
        line.addAll(List.of("--out", output.toString()));
        line.addAll(List.of(more));
        var ran = Program.custodian(line.toArray(String[]::new)).orFail();
        return new DemoRun(
                Json.members(Json.parse(Bytes.utf8(ran.out().strip()), 1 << 20), "the demo"),
                ran.err());
    }

    Path path(String name) throws Exception {
        return Path.of(json.text(name));
    }
}
