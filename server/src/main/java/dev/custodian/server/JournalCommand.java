package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.journal.JournalVerification;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "journal",
        description = "Check the journal and export it.",
        mixinStandardHelpOptions = true,
        subcommands = {JournalCommand.Verify.class, JournalCommand.Export.class})
final class JournalCommand {
    @Command(
            name = "verify",
            description = "Check the whole journal; exit code 1 when something does not fit.",
            mixinStandardHelpOptions = true)
    static final class Verify implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Override
        public Integer call() throws Exception {
            try (var foundation = Foundation.open(config.read())) {
                var report =
                        JournalVerification.verify(
                                foundation.parts().store(),
                                foundation.keys().checkpointKey().verifier());
                boolean holds = report.findings().isEmpty();
                var object = new LinkedHashMap<String, Object>();
                object.put("holds", holds);
                object.put("records", report.records());
                object.put("uses", report.uses());
                object.put("open", report.open());
                object.put("signed", report.signed());
                object.put("findings", report.findings());
                output.print(object, text(report));
                return holds ? ExitCodes.OK : ExitCodes.FOUND;
            }
        }

        private static String text(JournalVerification.Report report) {
            var counts =
                    "%d records, %d uses, %d of them open, %d digests signed."
                            .formatted(
                                    report.records(),
                                    report.uses(),
                                    report.open(),
                                    report.signed());
            return report.findings().isEmpty()
                    ? "The journal holds together: " + counts
                    : String.join("\n", report.findings())
                            + "\nThe journal does not hold together: "
                            + counts;
        }
    }

    @Command(
            name = "export",
            description = {
                "Write the whole journal for independent checkers, as JSON lines.",
                "It names who signed what and when: keep it from others."
            },
            mixinStandardHelpOptions = true)
    static final class Export implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Option(
                names = "--out",
                required = true,
                paramLabel = "FILE",
                description = "A file that is not there yet.")
        private Path file;

        @Override
        public Integer call() throws Exception {
            try (var foundation = Foundation.open(config.read());
                    var journal = foundation.journal();
                    var out = new BufferedOutputStream(Channels.newOutputStream(make(file)))) {
                journal.export(out);
            } catch (FileAlreadyExistsException e) {
                throw new Refused(FailureKind.OUTPUT_EXISTS, "The file is " + file + ".");
            } catch (IOException e) {
                throw new Refused(FailureKind.OUTPUT_UNWRITABLE, "The file is " + file + ".");
            }
            output.print(Map.of("exported", file.toString()), "Exported to " + file + ".");
            return ExitCodes.OK;
        }

        private static WritableByteChannel make(Path file) throws IOException {
            return Files.newByteChannel(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
    }
}
