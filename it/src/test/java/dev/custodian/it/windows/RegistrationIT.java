package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `custodian-register`, with the registry written by `native/test/registry.c` where Windows would
/// do it itself: under Wine the functions of Windows report success and do nothing.
class RegistrationIT {
    private static final Path X64 = Program.HOME.resolve("target/native/x64");
    private static final String CRYPTOGRAPHY =
            "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Cryptography";
    private static final String PROVIDERS = CRYPTOGRAPHY + "\\Providers\\";
    private static final String LIST =
            CRYPTOGRAPHY + "\\Configuration\\Local\\Default\\00010001\\KEY_STORAGE";
    private static final String OURS = "Custodian Key Storage Provider";

    /// What `native/test/caller` is asked.
    private static final String CALL = "a-key pss 40 40 " + "00".repeat(32);

    @TempDir Path scratch;

    private Wine wine;

    @BeforeEach
    void othersAreThere() throws Exception {
        wine = Wine.start();
        register("unregister").orFail();
        reg("add", PROVIDERS + "Other Provider\\UM", "/f", "/v", "Image", "/d", "other.dll");
        list("Microsoft Software Key Storage Provider", "Other Provider");
    }

    /// As the other tests expect it.
    @AfterEach
    void onlyOursIsThere() throws Exception {
        reg("delete", PROVIDERS + "Other Provider", "/f");
        list("Microsoft Software Key Storage Provider");
        register("register").orFail();
        wine.close();
    }

    private Program.Ran register(String... words) throws Exception {
        var line = new ArrayList<>(List.of("custodian-register-wine.exe"));
        line.addAll(List.of(words));
        return wine.run(X64, line);
    }

    private void reg(String... words) throws Exception {
        var line = new ArrayList<>(List.of("reg.exe"));
        line.addAll(List.of(words));
        wine.run(X64, line).orFail();
    }

    private void list(String... names) throws Exception {
        reg(
                "add",
                LIST,
                "/f",
                "/v",
                "Providers",
                "/t",
                "REG_MULTI_SZ",
                "/d",
                String.join("\\0", names));
    }

    /// All that is registered there, as Windows' own program writes it.
    private byte[] exported(String name) throws Exception {
        var file = scratch.resolve(name);
        reg("export", CRYPTOGRAPHY, Wine.path(file), "/y");
        return Files.readAllBytes(file);
    }

    private Path library(String folder) {
        return wine.drive().resolve("windows").resolve(folder).resolve("custodian-ksp.dll");
    }

    @Test
    void othersStayAsTheyWere() throws Exception {
        var before = exported("before.reg");
        register("register").orFail();
        assertThat(exported("with.reg")).isNotEqualTo(before);
        register("unregister").orFail();
        assertThat(exported("after.reg")).isEqualTo(before);
        assertThat(library("system32")).doesNotExist();
        assertThat(library("syswow64")).doesNotExist();
    }

    @Test
    void weAreLastAndOnce() throws Exception {
        register("register").orFail();
        var once = exported("once.reg");
        register("register").orFail();
        assertThat(exported("twice.reg")).isEqualTo(once);
        assertThat(register("list").orFail().out().lines().filter(line -> line.startsWith("    ")))
                .containsExactly(
                        "    Microsoft Software Key Storage Provider",
                        "    Other Provider",
                        "    " + OURS);
        assertThat(library("system32")).hasSameBinaryContentAs(X64.resolve("custodian-ksp.dll"));
        assertThat(library("syswow64"))
                .hasSameBinaryContentAs(X64.resolveSibling("x86").resolve("custodian-ksp.dll"));
    }

    @Test
    void halfRegistrationIsSeenAndRepaired() throws Exception {
        register("register").orFail();
        var whole = exported("whole.reg");

        reg("delete", PROVIDERS + OURS, "/f");
        var without = register("list");
        assertThat(without.exit()).isEqualTo(1);
        assertThat(without.out()).contains("missing: our entry").contains("well: our place");
        register("repair").orFail();
        assertThat(exported("entry.reg")).isEqualTo(whole);

        list("Microsoft Software Key Storage Provider", "Other Provider");
        assertThat(register("list").out())
                .contains("missing: our place")
                .contains("well: our entry");
        register("repair").orFail();
        assertThat(exported("list.reg")).isEqualTo(whole);

        Files.delete(library("syswow64"));
        assertThat(register("list").out()).contains("for 32-bit programs").contains("missing: C:");
        register("repair").orFail();
        assertThat(library("syswow64")).exists();
    }

    /// A program that has the library loaded goes on with it; one that starts then finds none.
    /// Without an agent, so that what answers is the library. Windows lets nobody delete a library
    /// in use, but rename it; Wine does, unless the file may only be read.
    @Test
    void programThatHasTheLibraryLoadedGoesOnWhileItIsUnregisteredAndRepaired() throws Exception {
        var notThere = "OpenStorageProvider 80090011";
        var noAgent = "OpenKey 80090030";
        register("register").orFail();
        var loaded = Files.readAllBytes(library("system32"));
        assertThat(library("system32").toFile().setReadOnly()).isTrue();
        try (var program = caller()) {
            assertThat(program.ask(CALL)).isEqualTo(noAgent);
            assertThat(register("unregister").orFail().out())
                    .contains("custodian-ksp.dll is in use", "when Windows starts anew");
            assertThat(library("system32")).doesNotExist();
            assertThat(asides())
                    .singleElement()
                    .satisfies(one -> assertThat(one).hasBinaryContent(loaded));
            assertThat(program.ask(CALL)).isEqualTo(noAgent);
            try (var later = caller()) {
                assertThat(later.ask(CALL)).isEqualTo(notThere);
            }
            register("repair").orFail();
            assertThat(library("system32")).hasBinaryContent(loaded);
            assertThat(program.ask(CALL)).isEqualTo(noAgent);
            try (var later = caller()) {
                assertThat(later.ask(CALL)).isEqualTo(noAgent);
            }
        }
        // As when nothing has it loaded any more.
        assertThat(asides().getFirst().toFile().setWritable(true)).isTrue();
        wine.run(X64, List.of("wineboot.exe", "--restart")).orFail();
        wine.end();
        assertThat(asides()).isEmpty();
        assertThat(library("system32")).exists();
    }

    private Dialog caller() throws Exception {
        var line = List.of(X64.resolve("caller.exe").toString());
        var program = new Dialog(wine.program(line), scratch.resolve("caller.log"));
        assertThat(program.line()).as("its number").matches("\\d+");
        return program;
    }

    /// What a library in use was renamed to.
    private List<Path> asides() throws Exception {
        try (var files = Files.list(library("system32").getParent())) {
            return files.filter(file -> file.getFileName().toString().matches("(?i)ksp.*\\.tmp"))
                    .toList();
        }
    }

    @Test
    void nothingIsEnteredWithoutTheLibrary() throws Exception {
        var before = exported("before.reg");
        var ran = register("register", Wine.path(scratch));
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).contains("cannot be copied");
        assertThat(exported("after.reg")).isEqualTo(before);
        assertThat(register("unregister").exit()).isZero();
    }

    @Test
    void entryStaysWhileOurPlaceInTheListDoes() throws Exception {
        register("register").orFail();
        reg("add", LIST, "/f", "/v", "Providers", "/t", "REG_DWORD", "/d", "1");
        var ran = register("unregister");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).contains("The list cannot be changed");
        assertThat(register("list").out()).contains("well: our entry");
        assertThat(library("system32")).exists();
    }

    @Test
    void overlongFolderIsRefused() throws Exception {
        var ran = register("register", "C:\\" + "x".repeat(300));
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).contains("too long");
    }

    @Test
    void wrongCallSaysHow() throws Exception {
        var ran = register();
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).contains("register | repair | unregister | list");
    }
}
