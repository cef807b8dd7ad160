package dev.custodian.cli;

import dev.custodian.cli.Processes.Work;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What an operator types: the server's commands, and the server itself.
record ServerProgram(Processes processes) {
    private static final int LARGEST_ANSWER = 1 << 20;
    private static final int LONGEST_COMPLAINT = 2_000;

    /// Runs an administrative command to its end and returns the members of the object that it
    /// prints.
    Members command(Work work, List<String> arguments) throws Refused, InterruptedException {
        var what = named(arguments);
        var line = new ArrayList<>(arguments);
        line.add("--json");
        var process = processes.server(work, line, Redirect.PIPE);
        // What it says is short: it fits a pipe, so that it need not be read while it runs.
        if (!process.waitFor(Processes.LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new Refused(
                    FailureKind.SERVER_UNREACHABLE,
                    what + " did not end within " + Processes.LIMIT_SECONDS + " seconds.");
        }
        var answer = read(process.getInputStream());
        if (process.exitValue() != 0) {
            throw failed(what, answer, read(process.getErrorStream()));
        }
        return members(what, Bytes.utf8(answer));
    }

    private static String read(InputStream pipe) {
        try (pipe) {
            return new String(pipe.readNBytes(LARGEST_ANSWER), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return "";
        }
    }

    /// A server that serves.
    ///
    /// @param ready the members of its ready line
    record Serving(Process process, Members ready) {}

    /// Starts a server and waits until it serves.
    Serving serve(Path config) throws Refused, InterruptedException {
        var what = "custodian-server run";
        var log = processes.folder().resolve("server.log");
        var process =
                processes.server(
                        Work.MUCH,
                        List.of("run", "--config", config.toString()),
                        Redirect.to(log.toFile()));
        var ready = Processes.firstLine(process, "The server");
        if (ready.isEmpty()) {
            throw failed(what, "", Processes.log(log));
        }
        return new Serving(process, members(what, Bytes.utf8(ready)));
    }

    private static String named(List<String> arguments) {
        var words = new StringBuilder("custodian-server");
        for (var argument : arguments) {
            if (argument.startsWith("-")) {
                break;
            }
            words.append(' ').append(argument);
        }
        return words.toString();
    }

    /// The program's own failure where it tells one, else what it said.
    private Refused failed(String what, String answer, String complaints) {
        try {
            var told = Json.members(Json.parse(Bytes.utf8(answer), LARGEST_ANSWER), what);
            var id = told.text("failure");
            var detail = told.text("detail");
            for (var kind : FailureKind.values()) {
                if (kind.id().equals(id)) {
                    return new Refused(
                            kind,
                            detail.isEmpty()
                                    ? what + " failed in " + processes.folder().path() + "."
                                    : detail);
                }
            }
            return unforeseen(what, complaints);
        } catch (MalformedException _) {
            return unforeseen(what, complaints);
        }
    }

    static Refused unforeseen(String what, String complaints) {
        var said = complaints.strip();
        var start = Math.max(0, said.length() - LONGEST_COMPLAINT);
        return new Refused(
                FailureKind.INTERNAL,
                what + (said.isEmpty() ? " failed." : " said: " + said.substring(start)));
    }

    private static Members members(String what, Bytes answer) throws Refused {
        try {
            return Json.members(Json.parse(answer, LARGEST_ANSWER), what);
        } catch (MalformedException e) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, what + " answered what is " + e.getMessage());
        }
    }
}
