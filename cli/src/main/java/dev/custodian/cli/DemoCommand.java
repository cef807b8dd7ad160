package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.document.SamplePdf;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
            "Starts a server of its own on this machine, invites and enrols an owner, makes two",
            "credentials that a test CA certifies, signs the PDF with one of them and checks the",
            "result. Only the signed PDF and the test root stay; all else is deleted.",
            ""
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int RENEW_SECONDS = 60;
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
            description = "Keep the server up until Ctrl-C, and print curl lines for it.")
    private boolean serve;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var algorithm = algorithm();
        var progress = new Progress(spec.commandLine().getErr(), Clock.systemUTC());
        int code;
        try (var stage = Stage.open(home())) {
            code = perform(stage, algorithm, progress);
        }
        if (code == ExitCodes.OK) {
            progress.step("done: the server has ended and its folder is deleted");
        }
        return code;
    }

    private int perform(Stage stage, KeyAlgorithm algorithm, Progress progress)
            throws Refused, InterruptedException {
        var files =
                out == null
                        ? OutputFiles.beside(input == null ? Path.of(SAMPLE) : input)
                        : OutputFiles.at(out);
        var order = new Demo.Order(input == null ? sample(stage) : input, files, algorithm);
        var random = new SecureRandom();
        try (var pins = pins(random);
                var played =
                        new Demo(stage, progress, pins, Clock.systemUTC(), random).play(order)) {
            return tell(stage, played, progress);
        } catch (Refused | InterruptedException | RuntimeException e) {
            if (!stage.isStopping()) {
                throw e;
            }
            err().println("custodian: Stopped. The server has ended and its folder is deleted.");
            return ExitCodes.STOPPED;
        }
    }

    private int tell(Stage stage, Demo.Played played, Progress progress)
            throws Refused, InterruptedException {
        var result = played.result();
        var curl = serve ? CurlLines.of(played, stage.folder(), Clock.systemUTC()) : null;
        if (json) {
            var object = result.json();
            if (curl != null) {
                object.put("server", played.server().url().toString())
                        .put("curl", Json.Arr.ofTexts(curl.lines()));
            }
            print(List.of(new String(object.build().write().toArray(), StandardCharsets.UTF_8)));
        } else {
            print(result.lines());
        }
        if (curl != null) {
            serve(played.server(), curl, progress);
        }
        return ExitCodes.OK;
    }

    private void print(List<String> lines) {
        var stdout = spec.commandLine().getOut();
        lines.forEach(stdout::println);
        stdout.flush();
    }

    /// Goes on until the process is ended from outside, or the server ends by itself.
    private void serve(DemoServer server, CurlLines curl, Progress progress)
            throws Refused, InterruptedException {
        curl.renew();
        if (!json) {
            print(curl.text());
        }
        progress.step("serving at " + server.url() + " until Ctrl-C");
        while (!server.process().waitFor(RENEW_SECONDS, TimeUnit.SECONDS)) {
            curl.renew();
        }
        throw new Refused(FailureKind.SERVER_UNREACHABLE, "The demo's server ended by itself.");
    }

    private PinSource pins(SecureRandom random) {
        var terminal = Terminal.ofThisProcess();
        if (terminal.isPresent()) {
            return new TypedPin(terminal.get(), err());
        }
        var pin = new GeneratedPin(random);
        err().println("There is no terminal to ask on. The PIN of this demo is " + pin.tell());
        return pin;
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
