package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a foreign process loads, looked at from outside, and the codec in it, on this system under
/// sanitizers.
class LibraryIT {
    private static final Path MADE = Program.HOME.resolve("target/native");

    @TempDir Path scratch;

    private static String look(String architecture, String option) throws Exception {
        var tool =
                architecture.equals("x64")
                        ? "x86_64-w64-mingw32-objdump"
                        : "i686-w64-mingw32-objdump";
        var library = MADE.resolve(architecture).resolve("custodian-ksp.dll");
        return Program.run(tool, option, library.toString()).orFail().out();
    }

    private static List<String> all(String text, String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x64", "x86"})
    void oneExportAndSystemLibrariesOnly(String architecture) throws Exception {
        var headers = look(architecture, "-p");
        assertThat(all(headers, "DLL Name: (\\S+)$"))
                .containsExactlyInAnyOrder(
                        "ADVAPI32.dll", "bcrypt.dll", "KERNEL32.dll", "USER32.dll");
        var names = headers.substring(headers.indexOf("[Ordinal/Name Pointer] Table"));
        assertThat(all(names, "^\\s+\\[ *\\d+\\] (?!\\+base)(\\S+)$"))
                .containsExactly("GetKeyStorageInterface");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x64", "x86"})
    void systemMayPlaceItAnywhereAndNeverRunsItsData(String architecture) throws Exception {
        var headers = look(architecture, "-p");
        assertThat(headers).contains("DYNAMIC_BASE").contains("NX_COMPAT");
        if (architecture.equals("x64")) {
            assertThat(headers).contains("HIGH_ENTROPY_VA");
        }
        assertThat(look(architecture, "-h")).contains(".rsrc").contains(".reloc");
    }

    @Test
    void sameOctetsInAnotherFolder() throws Exception {
        var again = Files.createDirectories(scratch.resolve("another/folder"));
        Program.run(Program.HOME, Map.of(), List.of("build/native.sh", "library", again.toString()))
                .orFail();
        for (var architecture : List.of("x64", "x86")) {
            assertThat(again.resolve(architecture).resolve("custodian-ksp.dll"))
                    .hasSameBinaryContentAs(
                            MADE.resolve("unsigned")
                                    .resolve(architecture)
                                    .resolve("custodian-ksp.dll"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x64", "x86"})
    void signedByCertificateOfThisBuild(String architecture) throws Exception {
        var ran =
                Program.run(
                        "osslsigncode",
                        "verify",
                        "-CAfile",
                        MADE.resolve("signer.crt").toString(),
                        MADE.resolve(architecture).resolve("custodian-ksp.dll").toString());
        assertThat(ran.said()).contains("throw-away certificate").contains("Succeeded");
        assertThat(ran.exit()).as(ran.said()).isZero();
    }

    /// A function of 32-bit Windows takes its parameters off the stack itself: one too many or too
    /// few, and the program that called is lost. Counted here by hand, 4 octets each.
    @Test
    void functionsOf32BitTakeTheirParametersOff() throws Exception {
        var names =
                Program.run(
                                "i686-w64-mingw32-nm",
                                MADE.resolve("objects/x86/interface.o").toString())
                        .orFail()
                        .out();
        assertThat(all(names, " [UT] _([a-z_]+@\\d+)$"))
                .containsExactlyInAnyOrder(
                        "open_provider@12",
                        "open_key@20",
                        "create_key@24",
                        "get_provider_property@24",
                        "get_key_property@28",
                        "set_provider_property@20",
                        "set_key_property@24",
                        "finalize_key@12",
                        "delete_key@12",
                        "free_provider@4",
                        "free_key@8",
                        "free_buffer@4",
                        "crypt@36",
                        "is_supported@12",
                        "enumerate_algorithms@20",
                        "enumerate_keys@20",
                        "import_key@32",
                        "export_key@36",
                        "sign_hash@36",
                        "verify_signature@32",
                        "prompt_user@16",
                        "notify_change@12",
                        "agree_secret@20",
                        "derive_key@32",
                        "free_secret@8",
                        "derive_from_key@28",
                        "create_claim@36",
                        "verify_claim@36");
    }

    @Test
    void codecReadsThePublishedVectors() throws Exception {
        var ran =
                Program.run(
                        MADE.resolve("linux/vectors").toString(),
                        Program.HOME
                                .resolve("link/src/main/resources/vectors/link/frames.txt")
                                .toString());
        assertThat(ran.exit()).as(ran.said()).isZero();
        assertThat(ran.out()).containsPattern("\\d{3} vectors, \\d{3} checks, 0 failed");
    }

    /// Ten seconds, from keys and a signature in DER and from the inputs that the fuzzer of the
    /// Java decoder has found. `make fuzz` has more.
    @Test
    void codecWithstandsOctetsOfAnyKind() throws Exception {
        var seeds =
                Program.HOME.resolve(
                        "link/src/test/resources/dev/custodian/link/FrameFuzzTestInputs/isRefusedOrReadsTheSameAgain");
        var ran =
                Program.run(
                        MADE.resolve("linux/fuzz").toString(),
                        "-max_total_time=10",
                        "-max_len=4096",
                        // Not in all: that counts what the JVM had that started it.
                        "-rss_limit_mb=0",
                        "-malloc_limit_mb=64",
                        "-artifact_prefix=" + scratch + "/",
                        Files.createDirectories(scratch.resolve("corpus")).toString(),
                        MADE.resolve("linux/seeds").toString(),
                        seeds.toString());
        assertThat(ran.exit()).as(ran.said()).isZero();
        assertThat(ran.err()).containsPattern("Done \\d{4,} runs");
    }
}
