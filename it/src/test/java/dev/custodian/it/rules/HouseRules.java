package dev.custodian.it.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// How we write, wherever it is.
final class HouseRules {
    private final World world;

    private HouseRules(World world) {
        this.world = world;
    }

    static List<Rule> of(World world) {
        var rules = new HouseRules(world);
        var all = new ArrayList<Rule>();
        all.addAll(rules.pureCore());
        all.addAll(rules.everywhere());
        return all;
    }

    private List<Rule> pureCore() {
        return List.of(
                core(
                        "core reads no clock",
                        "time is what the caller says: so every decision can be tested",
                        "core.ReadsTheClock",
                        access ->
                                is(access, "java.time.", "now")
                                        || access.getTargetOwner()
                                                .getFullName()
                                                .equals("java.time.Clock")
                                        || is(access, "java.lang.System", "currentTimeMillis")
                                        || is(access, "java.lang.System", "nanoTime")),
                core(
                        "core has no randomness of its own",
                        "the caller passes it, and vectors pass a known one",
                        "core.RollsDice",
                        access ->
                                is(access, "java.security.SecureRandom", "<init>")
                                        || is(access, "java.security.SecureRandom", "getInstance")
                                        || is(access, "java.util.Random", "")
                                        || is(access, "java.util.random.", "")
                                        || is(access, "java.util.concurrent.ThreadLocalRandom", "")
                                        || is(access, "java.util.UUID", "randomUUID")
                                        || is(access, "java.lang.Math", "random")),
                new Rule(
                        noClasses()
                                .that()
                                .resideInAPackage(world.all("core"))
                                .should()
                                .dependOnClassesThat(
                                        DescribedPredicate.describe(
                                                "do input or output",
                                                type -> inputOrOutput(type.getFullName())))
                                .as("core does no input or output")
                                .because("a decoder gets its octets whole, with their length"),
                        "core.ReadsAFile"));
    }

    /// In `java.io` and `java.net`, values and errors are no I/O.
    private static boolean inputOrOutput(String type) {
        return type.startsWith("java.io.")
                        && !Set.of(
                                        "java.io.Serializable",
                                        "java.io.IOException",
                                        "java.io.UncheckedIOException",
                                        "java.io.ByteArrayInputStream",
                                        "java.io.ByteArrayOutputStream")
                                .contains(type)
                || type.startsWith("java.net.")
                        && !Set.of("java.net.URI", "java.net.URISyntaxException").contains(type)
                || type.startsWith("java.nio.file.")
                || type.startsWith("java.nio.channels.")
                || type.startsWith("java.lang.Process")
                || type.equals("java.lang.Thread");
    }

    private List<Rule> everywhere() {
        return List.of(
                new Rule(
                        noFields()
                                .should()
                                .haveRawType(assignableTo(ThreadLocal.class))
                                .as("there is no ThreadLocal")
                                .because(
                                        "a virtual thread per request makes one per request; a"
                                                + " ScopedValue says where it ends"),
                        "server.http.KeepsPerThread"),
                new Rule(
                        noClasses()
                                .that(
                                        DescribedPredicate.describe(
                                                "are no program",
                                                type ->
                                                        type.tryGetMethod("main", String[].class)
                                                                .isEmpty()))
                                .should(
                                        access(
                                                "System.out or System.err",
                                                access ->
                                                        is(access, "java.lang.System", "out")
                                                                || is(
                                                                        access,
                                                                        "java.lang.System",
                                                                        "err")
                                                                || access.getName()
                                                                        .equals("printStackTrace")))
                                .as("only what has a main names standard output and error")
                                .because(
                                        "commands print where picocli tells them, programs log:"
                                                + " results and complaints never mix"),
                        "client.PrintsItself"),
                new Rule(
                        noClasses()
                                .should()
                                .haveNameMatching(".*(Manager|Helper|Utils?|Impl|DTO|Dto)")
                                .as("no class is named Manager, Helper, Util, Impl or DTO")
                                .because(
                                        "the words of the specifications name things; what"
                                                + " implements one is named for what is different"),
                        "client.SessionManager"),
                new Rule(
                        classes()
                                .should()
                                .resideOutsideOfPackages(
                                        "..model..",
                                        "..service..",
                                        "..exceptions..",
                                        "..util..",
                                        "..impl..",
                                        "..dto..")
                                .as("packages are capabilities, not kinds of classes")
                                .because("one change shall touch one package"),
                        "client.util.Strings"),
                new Rule(
                        fields().should()
                                .notHaveRawType(java.util.Optional.class)
                                .as("no field is Optional")
                                .because("NullAway checks @Nullable, and nobody an Optional"),
                        "client.KeepsAnOptional"),
                new Rule(
                        methods()
                                .should(new TakeNoOptional())
                                .as("no method takes an Optional")
                                .because("the caller knows whether it has the value"),
                        "client.TakesAnOptional"),
                new Rule(
                        noClasses()
                                .should(
                                        access(
                                                "a registry or reflection",
                                                access ->
                                                        is(access, "java.util.ServiceLoader", "")
                                                                || is(
                                                                        access,
                                                                        "java.lang.Class",
                                                                        "forName")))
                                .as("nothing comes to be by side effect")
                                .because(
                                        "the Main of a program builds its objects where one looks"),
                        "server.LoadsByName"));
    }

    private Rule core(String name, String why, String breaker, Test test) {
        return new Rule(
                noClasses()
                        .that()
                        .resideInAPackage(world.all("core"))
                        .should(access(name, test))
                        .as(name)
                        .because(why),
                breaker);
    }

    private interface Test {
        boolean matches(JavaAccess<?> access);
    }

    private static boolean is(JavaAccess<?> access, String type, String member) {
        var owner = access.getTargetOwner().getFullName();
        return (type.endsWith(".") ? owner.startsWith(type) : owner.equals(type))
                && (member.isEmpty() || access.getName().equals(member));
    }

    private static ArchCondition<JavaClass> access(String what, Test test) {
        return new ArchCondition<>("access " + what) {
            @Override
            public void check(JavaClass javaClass, ConditionEvents events) {
                for (var access : javaClass.getAccessesFromSelf()) {
                    events.add(
                            new SimpleConditionEvent(
                                    access, test.matches(access), access.getDescription()));
                }
            }
        };
    }

    private static final class TakeNoOptional extends ArchCondition<JavaMethod> {
        TakeNoOptional() {
            super("take no Optional");
        }

        @Override
        public void check(JavaMethod method, ConditionEvents events) {
            var takes =
                    method.getRawParameterTypes().stream()
                            .anyMatch(type -> type.isEquivalentTo(java.util.Optional.class));
            events.add(new SimpleConditionEvent(method, !takes, method.getFullName()));
        }
    }
}
