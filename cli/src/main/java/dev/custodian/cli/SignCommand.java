package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.document.PdfSigning;
import dev.custodian.document.Trust;
import dev.custodian.link.LinkClient;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "sign",
        description = {
            "Sign a PDF.",
            "",
            "Hashes the PDF here; only a digest leaves this program. The agent asks you,",
            "and the server signs. The signed PDF is a new file, and is checked before",
            "this ends.",
            ""
        })
final class SignCommand extends LinkCommand {
    @Parameters(paramLabel = "FILE.pdf", description = "What to sign; it is only read.")
    private Path input;

    @Option(
            names = "--out",
            paramLabel = "SIGNED.pdf",
            description = "Where the signed PDF goes; by default FILE-signed.pdf beside it.")
    private @Nullable Path out;

    @Option(
            names = "--credential",
            paramLabel = "CREDENTIAL",
            description = "Which credential signs; not needed when there is one for documents.")
    private @Nullable String credential;

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    private Path output() {
        return out == null ? OutputFiles.besideName(input) : out;
    }

    @Override
    void check() throws Refused {
        PdfSigning.requireSignable(input, output());
    }

    @Override
    int ask(LinkClient agent) throws Refused {
        var chosen = DocumentSigning.choose(agent, credential);
        var signing = DocumentSigning.prepare(input, output(), chosen, Clock.systemUTC());
        tell("The agent asks you, and shows this too:");
        signing.lines().forEach(line -> tell("  " + line));
        var signature = signing.ask(agent);
        var report = signing.complete(signature, new Trust(List.of(), List.of(), false));
        if (json) {
            print(
                    Json.object()
                            .put("signed", output().toAbsolutePath().normalize().toString())
                            .put("credential", chosen.id().text())
                            .put("key", chosen.algorithm().display())
                            .build());
        } else {
            say("Signed: " + output());
            tell("Checked in that file by this program:");
            report.text().lines().forEach(line -> tell("  " + line));
        }
        return ExitCodes.OK;
    }
}
