package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeviceFailuresPageTest {
    private static final Path CORE_TESTS = Path.of("../core/src/test/java");

    /// The name of a class, with or without a method; no status word, number or abbreviation.
    private static final Pattern CODE = Pattern.compile("`([A-Z]\\w*[a-z]\\w*(?:#\\w+)?)`");

    /// A new failure needs its row in `docs/reference/device-failures.md`, in the order of the
    /// list.
    @Test
    void pageNamesEachFailureWithTheSameWords() throws IOException {
        var failures =
                Arrays.stream(DeviceFailure.values())
                        .map(
                                failure ->
                                        List.of(
                                                failure.id(),
                                                failure.sentence(),
                                                failure.nextStep(),
                                                failure.kind().id()))
                        .toList();
        assertThat(rows()).containsExactlyElementsOf(failures);
    }

    @Test
    void eachSentenceAndNextStepIsWholeAndIdsAreDistinct() {
        assertThat(DeviceFailure.values())
                .allSatisfy(
                        failure -> {
                            assertThat(failure.sentence()).matches("[A-Z].*\\.");
                            assertThat(failure.nextStep()).matches("[A-Z].*\\.");
                            assertThat(failure.id()).matches("[a-z]+(-[a-z]+)*");
                        })
                .extracting(DeviceFailure::id)
                .doesNotHaveDuplicates();
    }

    @Test
    void restOfTheProductHearsWhetherToUnlockOrToLookAtFiles() {
        var sealed = new DeviceException(DeviceFailure.PASSPHRASE_WRONG, "Look at it.").refused();
        assertThat(sealed.kind()).isEqualTo(FailureKind.KEY_SEALED);
        assertThat(sealed.detail()).isEqualTo("Look at it.");
        var foreign = new DeviceException(DeviceFailure.KEY_FOREIGN).refused();
        assertThat(foreign.kind()).isEqualTo(FailureKind.KEY_FILE_UNUSABLE);
        assertThat(foreign.detail()).isEqualTo(DeviceFailure.KEY_FOREIGN.sentence());
    }

    /// A class that is renamed takes its rows along.
    @Test
    void eachQuirkNamesClassesAndMethodsThatThereAre() throws Exception {
        var quirks = quirks();
        assertThat(quirks).hasSizeGreaterThan(10);
        assertThat(CODE.matcher("`63C0`, `PUK`, `unsupported`").find()).isFalse();
        for (var quirk : quirks) {
            var places = names(quirk.get(2));
            assertThat(places).as(quirk.get(1)).isNotEmpty();
            for (var place : places) {
                var parts = place.split("#", -1);
                var type = type(parts[0]);
                if (parts.length == 2) {
                    assertThat(type.getDeclaredMethods())
                            .as(place)
                            .extracting(Method::getName)
                            .contains(parts[1]);
                }
            }
        }
    }

    @Test
    void eachQuirkNamesTestsThatThereAre() throws IOException {
        var tests = List.of(Path.of("src/test/java"), Path.of("../it/src/test/java"), CORE_TESTS);
        for (var quirk : quirks()) {
            var shown = names(quirk.get(3));
            assertThat(shown).as(quirk.get(1)).isNotEmpty();
            for (var test : shown) {
                assertThat(sources(test, tests)).as(test).hasSize(1);
            }
        }
    }

    /// The class of that name, of this module or of `core`.
    private static Class<?> type(String name) throws IOException, ClassNotFoundException {
        var roots = List.of(Path.of("src/main/java"), Path.of("../core/src/main/java"));
        assertThat(sources(name, roots)).as(name).hasSize(1);
        var file = sources(name, roots).getFirst().toString();
        return Class.forName(file.replace(".java", "").replace(File.separatorChar, '.'));
    }

    /// The files of a class, each relative to its root.
    private static List<Path> sources(String name, List<Path> roots) throws IOException {
        var found = new ArrayList<Path>();
        for (var root : roots) {
            try (var files = Files.walk(root)) {
                files.filter(file -> file.endsWith(name + ".java"))
                        .map(root::relativize)
                        .forEach(found::add);
            }
        }
        return found;
    }

    /// `Class` and `Class#method`, as they stand in a cell.
    private static List<String> names(String cell) {
        return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    /// The rows of the last table: quirk, place, tests.
    private static List<List<String>> quirks() throws IOException {
        return page().dropWhile(line -> !line.startsWith("| quirk |"))
                .skip(2)
                .filter(line -> line.startsWith("| "))
                .map(DeviceFailuresPageTest::cells)
                .toList();
    }

    private static Stream<String> page() throws IOException {
        return Files.readString(Path.of("../docs/reference/device-failures.md")).lines();
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
    }

    private static List<List<String>> rows() throws IOException {
        return page().filter(line -> line.startsWith("| `"))
                .map(DeviceFailuresPageTest::cells)
                .map(
                        cells ->
                                List.of(
                                        cells.get(1).replace("`", ""),
                                        cells.get(2),
                                        cells.get(3),
                                        cells.get(4).replace("`", "")))
                .toList();
    }
}
