package dev.custodian.it.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds the borders of DESIGN §3 and the house rules over all modules. Each rule is also tried on
/// a small broken world of the same layout, in which one class breaks it: a rule that cannot fail
/// holds nothing.
final class ArchitectureTest {
    private static final World PRODUCT = new World("dev.custodian");
    private static final World BROKEN = new World("dev.custodian.it.broken");

    private static final JavaClasses PRODUCT_CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages(PRODUCT.root());
    private static final JavaClasses BROKEN_CLASSES =
            new ClassFileImporter().importPackages(BROKEN.root());

    private static List<Rule> of(World world) {
        var all = new ArrayList<Rule>();
        all.addAll(ModuleRules.of(world));
        all.addAll(ServerRules.of(world));
        all.addAll(HouseRules.of(world));
        return all;
    }

    static List<Rule> rulesOfTheProduct() {
        return of(PRODUCT);
    }

    static List<Rule> rulesOfTheBrokenWorld() {
        return of(BROKEN);
    }

    @ParameterizedTest
    @MethodSource("rulesOfTheProduct")
    void theProductKeepsTheRule(Rule rule) {
        rule.rule().check(PRODUCT_CLASSES);
    }

    @ParameterizedTest
    @MethodSource("rulesOfTheBrokenWorld")
    void theRuleSeesTheClassThatBreaksIt(Rule rule) {
        assertThat(rule.rule().evaluate(BROKEN_CLASSES).getFailureReport().toString())
                .contains(BROKEN.only(rule.breaker()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "core",
                "link",
                "client",
                "device",
                "document",
                "testpki",
                "server",
                "agent",
                "cli",
                "it"
            })
    void everyModuleIsLookedAt(String module) {
        assertThat(PRODUCT_CLASSES)
                .anyMatch(one -> one.getPackageName().startsWith(PRODUCT.only(module)));
    }
}
