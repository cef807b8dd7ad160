package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.Page;
import dev.custodian.it.Program;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/// How many cases of each test of the contract a run executed over its vault: a column of the
/// second table of `docs/reference/hsm.md`. One that is wrong makes the run red, and is right
/// afterwards. A run of some of the tests says nothing, nor does one that is red anyway.
final class ExecutedCases implements TestWatcher, AfterAllCallback {
    private static final Path PAGE = Program.HOME.resolve("docs/reference/hsm.md");
    private static final String BEGIN = "<!-- cases: runs of VaultContract write this table -->";
    private static final String END = "<!-- /cases -->";
    private static final String NONE = "not offered";

    /// Its test methods by the name, with the cases that went well.
    private final Map<String, Integer> executed = new TreeMap<>();

    private boolean failed;

    @Override
    public void testSuccessful(ExtensionContext context) {
        var method = context.getRequiredTestMethod();
        if (isOfTheContract(method)) {
            executed.merge(method.getName(), 1, Integer::sum);
        }
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        failed = true;
    }

    private static boolean isOfTheContract(Method method) {
        return Modifier.isAbstract(method.getDeclaringClass().getModifiers());
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (failed || !isWhole(context.getRequiredTestClass())) {
            return;
        }
        var vault = ((VaultContract) context.getRequiredTestInstance()).named();
        var before = Page.change(PAGE, page -> with(vault, page));
        assertThat(before)
                .as("the table of executed cases, which is right now")
                .isEqualTo(with(vault, before));
    }

    private boolean isWhole(Class<?> test) {
        for (Class<?> one = test; one != VaultRig.class; one = one.getSuperclass()) {
            for (var method : one.getDeclaredMethods()) {
                boolean isTest =
                        List.of(method.getAnnotations()).stream()
                                .anyMatch(a -> a.annotationType().getSimpleName().endsWith("Test"));
                if (isTest && isOfTheContract(method) && !executed.containsKey(method.getName())) {
                    return false;
                }
            }
        }
        return true;
    }

    private String with(String vault, String text) {
        var page = text.lines().toList();
        int from = page.indexOf(BEGIN);
        int to = page.indexOf(END);
        assertThat(from).isNotNegative().isLessThan(to);
        var rows = new ArrayList<List<String>>();
        for (var line : page.subList(from + 1, to)) {
            rows.add(List.of(line.substring(2, line.length() - 2).split(" \\| ")));
        }
        var vaults = rows.getFirst();
        int column = vaults.indexOf(vault);
        assertThat(column).as(vault).isPositive();
        var known = new TreeMap<String, List<String>>();
        rows.stream().skip(2).forEach(row -> known.put(row.getFirst(), row));
        var tests = new TreeSet<>(known.keySet());
        tests.addAll(executed.keySet());
        var after = new ArrayList<>(page.subList(0, from + 3));
        for (var test : tests) {
            var row = new ArrayList<>(known.getOrDefault(test, List.of(test)));
            while (row.size() < vaults.size()) {
                row.add(NONE);
            }
            var cases = executed.get(test);
            row.set(column, cases == null ? NONE : cases.toString());
            if (row.stream().skip(1).anyMatch(cell -> !cell.equals(NONE))) {
                after.add("| " + String.join(" | ", row) + " |");
            }
        }
        after.addAll(page.subList(to, page.size()));
        return String.join("\n", after) + "\n";
    }
}
