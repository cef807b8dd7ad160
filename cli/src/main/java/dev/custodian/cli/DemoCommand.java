package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.document.SamplePdf;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = {
            "Sign a PDF with a key that lives on a server.",
            "",
            "Starts a server and an agent of its own on this machine, joins by an",
            "invitation, makes two credentials that a test CA certifies, signs the PDF with",
            "one of them and checks the result; then openssl, if it is installed, signs",
            "with the same key. On a terminal the agent asks you there; without one, a",
            "script plays your part. Only the signed PDF and the test root stay; all else",
            "is deleted.",
            ""
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final String SAMPLE = "custodian-demo.pdf";

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE.pdf",
            description = "What to sign; without it, a sample of two pages.")
    private @Nullable Path input;

    @Option(
            names = "--out",
            paramLabel = "SIGNED.pdf",
            description = "Where the signed PDF goes; by default FILE-signed.pdf beside it.")
    private @Nullable Path out;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "RSA-3072",
            description = "Which credential signs: RSA-3072 or P-256; default ${DEFAULT-VALUE}.")
    private String key;

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    @Option(
            names = "--serve",
            description = {
                "Keep server and agent up until Ctrl-C, and print lines for another terminal that",
                "sign a git commit or another PDF."
            })
    private boolean serve;

    @Option(
            names = "--windows",
            description = {
                "Have .NET sign the file, by a certificate of the Windows store: under Wine, which is",
                "set up in target/wine. The agent asks by a window; without a screen, a script plays",
                "your part. Leaves a detached signature (CMS) beside the file."
            })
    private boolean windows;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        NotOnWindows.require("demo", "it starts a server, which needs Linux.");
        var algorithm = algorithm();
        var progress = new Progress(spec.commandLine().getErr(), Clock.systemUTC());
        int code;
        try (var stage = Stage.open(home())) {
            code =
                    windows
                            ? performOnWindows(stage, algorithm, progress)
                            : perform(stage, algorithm, progress);
        }
        if (code == ExitCodes.OK) {
            progress.step("done: server and agent have ended and their folder is deleted");
        }
        return code;
    }

    private int perform(Stage stage, KeyAlgorithm algorithm, Progress progress)
            throws Refused, InterruptedException {
        var files =
                out == null
                        ? OutputFiles.beside(input == null ? Path.of(SAMPLE) : input)
                        : OutputFiles.at(out);
        var order = new Demo.Order(input == null ? sample(stage) : input, files, algorithm, serve);
        var random = new SecureRandom();
        var part = part(stage, random);
        try (var played = new Demo(stage, progress, part, Clock.systemUTC(), random).play(order)) {
            return tell(stage, played, part != null, progress);
        } catch (Refused | InterruptedException | RuntimeException e) {
            if (!(e instanceof InterruptedException || stage.isStopping())) {
                throw e;
            }
            return stopped();
        }
    }

    private int performOnWindows(Stage stage, KeyAlgorithm algorithm, Progress progress)
            throws Refused, InterruptedException {
        if (serve) {
            throw new Refused(FailureKind.USAGE, "--windows and --serve do not go together.");
        }
        var files =
                out == null
                        ? OutputFiles.signatureBeside(input == null ? Path.of(SAMPLE) : input)
                        : OutputFiles.at(out);
        try {
            files.requireFree();
            var random = new SecureRandom();
            var machine = WineWindows.setUp(home(), stage.processes(), screen(stage, random));
            progress.step("set up a Windows under Wine, with our key storage provider");
            var demo = new WindowsDemo(stage, progress, machine, random);
            var result = demo.play(input == null ? sampleHere(files) : input, files, algorithm);
            print(
                    json
                            ? List.of(
                                    new String(
                                            result.json().build().write().toArray(),
                                            StandardCharsets.UTF_8))
                            : result.lines());
            return ExitCodes.OK;
        } catch (Refused | InterruptedException | RuntimeException e) {
            if (!(e instanceof InterruptedException || stage.isStopping())) {
                throw e;
            }
            return stopped();
        }
    }

    /// The screen for the agent's windows: the person's, or one that nobody sees.
    private String screen(Stage stage, SecureRandom random) throws Refused, InterruptedException {
        var display = System.getenv("DISPLAY");
        if (display != null && !display.isEmpty()) {
            return display;
        }
        var pin = PlayedPart.pin(random);
        err().println(
                        "There is no screen to ask on: a script plays your part for this demo's agent, with the PIN "
                                + pin
                                + ".");
        return PlayedWindows.start(stage.processes(), pin).display();
    }

    /// The sample in the working folder, where the signature of it stays too.
    private static Path sampleHere(OutputFiles files) throws Refused {
        var file = Path.of(SAMPLE);
        files.write(file, to -> Files.write(to, SamplePdf.octets()));
        return file;
    }

    private int stopped() {
        err().println(
                        "custodian: Stopped. Server and agent have ended and their folder is deleted.");
        return ExitCodes.STOPPED;
    }

    private int tell(Stage stage, Demo.Played played, boolean isPlayed, Progress progress)
            throws Refused, InterruptedException {
        var code = played.code();
        var lines = code == null ? null : ServeLines.of(played, code, stage.processes());
        if (json) {
            var object = played.result().json();
            if (lines != null) {
                object.put("server", played.server().url().toString())
                        .put("git", Json.Arr.ofTexts(lines.git()))
                        .put("sign", Json.Arr.ofTexts(lines.sign()))
                        .put("curl", Json.Arr.ofTexts(lines.curl()));
            }
            print(List.of(new String(object.build().write().toArray(), StandardCharsets.UTF_8)));
        } else {
            print(played.result().lines());
            if (lines != null) {
                print(lines.text(isPlayed));
            }
        }
        if (lines != null) {
            serve(played, progress);
        }
        return ExitCodes.OK;
    }

    private void print(List<String> lines) {
        var stdout = spec.commandLine().getOut();
        lines.forEach(stdout::println);
        stdout.flush();
    }

    /// Goes on until the process is ended from outside, or one of the two ends by itself.
    private static void serve(Demo.Played played, Progress progress)
            throws Refused, InterruptedException {
        progress.step("serving at " + played.server().url() + " until Ctrl-C");
        try {
            var _ =
                    CompletableFuture.anyOf(
                                    played.server().process().onExit(),
                                    played.agent().process().onExit())
                            .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        throw new Refused(
                FailureKind.SERVER_UNREACHABLE, "The demo's server or agent ended by itself.");
    }

    /// Who plays the person's part; null where there is a terminal to ask on.
    private @Nullable PlayedPart part(Stage stage, SecureRandom random) throws Refused {
        // JDK 25 has none where its predecessors had one that is no terminal.
        if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()) {
            return null;
        }
        var part = PlayedPart.in(stage.folder(), random);
        err().println(
                        "There is no terminal to ask on: a script plays your part for this demo's agent, with the PIN "
                                + part.pin()
                                + ".");
        return part;
    }

    private KeyAlgorithm algorithm() throws Refused {
        for (var algorithm : Demo.KEYS) {
            if (algorithm.display().equals(key)) {
                return algorithm;
            }
        }
        throw new Refused(FailureKind.USAGE, "--key is RSA-3072 or P-256, not " + key + ".");
    }

    private static Path home() throws Refused {
        var home = System.getProperty("custodian.home");
        if (home == null) {
            throw new Refused(FailureKind.USAGE, "Start the demo with ./custodian demo.");
        }
        return Path.of(home);
    }

    private static Path sample(Stage stage) throws Refused {
        var file = stage.folder().resolve(SAMPLE);
        try {
            return Files.write(file, SamplePdf.octets());
        } catch (IOException _) {
            throw new Refused(FailureKind.DISK_FULL, "The temporary folder cannot be written.");
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
