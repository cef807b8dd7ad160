package dev.custodian.it.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.document.SamplePdf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Signs in a child process whose memory or disk is small.
class DocumentIT {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin/java").toString();

    @TempDir Path folder;

    @Test
    void halfAGigabyteIsSignedAndVerifiedIn128MebibytesOfHeap() throws Exception {
        var input = folder.resolve("large.pdf");
        LargePdf.write(input, 500);
        var output = folder.resolve("signed.pdf");
        assertThat(run(java("-Xmx128m", input.toString(), output.toString())))
                .containsExactly("trusted");
        assertThat(Files.size(output)).isGreaterThan(Files.size(input));
        assertThat(run(List.of("pdfsig", output.toString())))
                .anyMatch(line -> line.contains("Signature is Valid"))
                .anyMatch(line -> line.contains("Total document signed"));
    }

    @Test
    void diskThatIsFullBeforeApprovalIsTold() throws Exception {
        assertThat(signOnSmallDisk("size=4k")).containsExactly("disk-full");
    }

    @Test
    void diskThatFillsUpWhileItWaitsIsTold() throws Exception {
        assertThat(signOnSmallDisk("size=256k", "filler")).containsExactly("disk-full");
    }

    @Test
    void folderThatMayNotBeWrittenIsTold() throws Exception {
        assertThat(signOnSmallDisk("size=256k,ro")).containsExactly("output-unwritable");
    }

    /// Signs onto a file system in memory that lives as long as the child.
    private List<String> signOnSmallDisk(String options, String... filler) throws Exception {
        var input = Files.write(folder.resolve("in.pdf"), SamplePdf.octets());
        var disk = Files.createDirectory(folder.resolve("disk"));
        var command = new ArrayList<String>();
        command.addAll(List.of("unshare", "--map-root-user", "--mount", "sh", "-c"));
        command.add("mount -t tmpfs -o " + options + " tmpfs " + disk + " && exec \"$0\" \"$@\"");
        command.addAll(java("-Xmx64m", input.toString(), disk.resolve("out.pdf").toString()));
        for (var file : filler) {
            command.add(disk.resolve(file).toString());
        }
        return run(command);
    }

    private static List<String> java(String heap, String... args) {
        var command = new ArrayList<String>();
        command.addAll(List.of(JAVA, heap, "-cp", System.getProperty("java.class.path")));
        command.add(SigningProgram.class.getName());
        command.addAll(List.of(args));
        return command;
    }

    private static List<String> run(List<String> command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return text.lines().toList();
    }
}
