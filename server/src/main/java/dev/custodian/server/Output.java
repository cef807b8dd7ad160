package dev.custodian.server;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.json.JsonMapper;

/// Where a command's result goes: text for people, or one JSON object.
final class Output {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    /// Prints a result in the form that was asked for.
    void print(Map<String, ?> object, String text) {
        if (json) {
            printJson(object);
        } else {
            spec.commandLine().getOut().println(text);
        }
    }

    /// Prints a JSON object on a line of its own.
    void printJson(Map<String, ?> object) {
        spec.commandLine().getOut().println(JsonMapper.shared().writeValueAsString(object));
    }
}
