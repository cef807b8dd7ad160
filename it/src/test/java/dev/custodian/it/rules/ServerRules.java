package dev.custodian.it.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;

/// The cuts inside the server, by what a package may touch (DESIGN §3).
final class ServerRules {
    private final World world;

    private ServerRules(World world) {
        this.world = world;
    }

    static List<Rule> of(World world) {
        var rules = new ServerRules(world);
        var all = new ArrayList<Rule>();
        all.addAll(rules.faces());
        all.addAll(rules.signatureActivationModule());
        all.addAll(rules.privateKeys());
        return all;
    }

    private List<Rule> faces() {
        return List.of(
                new Rule(
                        noClasses()
                                .that()
                                .resideInAnyPackage(
                                        world.all(
                                                "server.csc",
                                                "server.oauth",
                                                "server.pairing",
                                                "server.console"))
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(world.all("server.vault", "server.store"))
                                .as("what speaks HTTP names neither vault nor store")
                                .because(
                                        "a fault in reading requests must not reach keys or rows:"
                                                + " the use cases stand between"),
                        "server.csc.ReadsTheStore"),
                new Rule(
                        noClasses()
                                .that()
                                .resideInAPackage(world.all("server.http"))
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        world.all(
                                                "server.csc",
                                                "server.oauth",
                                                "server.pairing",
                                                "server.signing",
                                                "server.activation",
                                                "server.vault",
                                                "server.journal",
                                                "server.owner",
                                                "server.credential",
                                                "server.store"))
                                .as("the adapter to the web library knows no use case")
                                .because("it carries requests and understands none"),
                        "server.http.SignsByItself"));
    }

    private List<Rule> signatureActivationModule() {
        return List.of(
                new Rule(
                        noClasses()
                                .that()
                                .resideInAnyPackage(
                                        world.all(
                                                "server.activation",
                                                "server.vault",
                                                "server.journal",
                                                "server.signing",
                                                "server.owner",
                                                "server.credential",
                                                "server.store"))
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        world.all("server.http"),
                                        "java.net.http..",
                                        "com.sun.net.httpserver..",
                                        "org.eclipse.jetty..")
                                .as("below the faces nothing names HTTP")
                                .because(
                                        "activation, vault and journal must be able to become a"
                                                + " process of their own"),
                        "server.vault.KnowsHttp"),
                new Rule(
                        constructors()
                                .that()
                                .areDeclaredInClassesThat()
                                .haveSimpleName("JournalledUse")
                                .or()
                                .areDeclaredInClassesThat()
                                .haveSimpleName("JournalledCreation")
                                .should()
                                .bePackagePrivate()
                                .as("only the journal makes a JournalledUse or JournalledCreation")
                                .because(
                                        "they prove that the commit has happened: so the compiler"
                                                + " holds that nothing signs first"),
                        "server.journal.JournalledUse"),
                new Rule(
                        methods()
                                .that(signingOf(world))
                                .should(
                                        new TakesOnly(
                                                world.only("server.journal") + ".JournalledUse"))
                                .as("a vault signs a JournalledUse and nothing else")
                                .because("no signature exists without a committed journal entry"),
                        "server.vault.SignsAnythingVault"),
                new Rule(
                        noClasses()
                                .that()
                                .resideInAPackage(world.all("server"))
                                .and()
                                .resideOutsideOfPackages(
                                        world.all("server.vault", "server.journal"))
                                .should()
                                .dependOnClassesThat(
                                        resideInAPackage(world.only("server.journal"))
                                                .and(
                                                        simpleName("JournalledUse")
                                                                .or(
                                                                        simpleName(
                                                                                "JournalledCreation"))))
                                .as("only the journal and the vault name a journalled use")
                                .because("nobody between them needs to hold what permits to sign"),
                        "server.signing.HoldsAUse"));
    }

    private List<Rule> privateKeys() {
        return List.of(
                new Rule(
                        noClasses()
                                .that()
                                .resideInAPackage(world.all("server"))
                                .and()
                                .resideOutsideOfPackages(world.all("server.vault"))
                                // hands a new key on, to be sealed to its owner or kept
                                .and()
                                .doNotHaveSimpleName("Registrar")
                                // they seal it, or write it as it is
                                .and()
                                .doNotHaveSimpleName("OwnerSeal")
                                .and()
                                .doNotHaveSimpleName("Activation")
                                .and()
                                .doNotHaveSimpleName("ConsentRules")
                                .and()
                                .doNotHaveSimpleName("KeyMove")
                                .should()
                                .callMethodWhere(
                                        calls(world.only("server.store") + ".InnerKey", "inner"))
                                .as("only the vault opens what a vault made of a private key")
                                .because("the vault alone touches private keys"),
                        "server.signing.OpensAKey"),
                new Rule(
                        noClasses()
                                .that()
                                .resideInAPackage(world.all("server"))
                                .and()
                                .resideOutsideOfPackages(world.all("server.vault"))
                                // the server's own keys: read from their files and tried, and the
                                // journal's, which signs checkpoints
                                .and()
                                .doNotHaveSimpleName("KeyFiles")
                                .and()
                                .doNotHaveSimpleName("TlsIdentity")
                                .and()
                                .doNotHaveSimpleName("CheckpointKey")
                                .should()
                                .callMethodWhere(
                                        calls("java.security.Signature", "initSign")
                                                .or(
                                                        calls(
                                                                "java.security.KeyFactory",
                                                                "generatePrivate"))
                                                .or(calls("java.security.Signature", "sign")))
                                .as("only the vault loads private keys and signs with them")
                                .because(
                                        "whoever reads the vault has read all that can sign for an"
                                                + " owner"),
                        "server.activation.LoadsAKey"),
                new Rule(
                        noClasses()
                                .that()
                                .resideInAnyPackage(
                                        world.all(
                                                "server.csc",
                                                "server.oauth",
                                                "server.owner",
                                                "server.credential",
                                                "server.signing",
                                                "server.store"))
                                .should()
                                .dependOnClassesThat()
                                .haveFullyQualifiedName("java.security.PrivateKey")
                                .as("faces, use cases and store name no private key")
                                .because("they move wrapped octets only"),
                        "server.credential.HoldsAKey"),
                new Rule(
                        noClasses()
                                .that()
                                .resideInAPackage(world.all("server"))
                                .and()
                                .resideOutsideOfPackages(
                                        world.all("server.vault", "server.activation"))
                                .should()
                                .dependOnClassesThat()
                                .haveNameMatching(".*\\.core\\.evidence\\.Factors")
                                .as("PIN and share reach only the activation module")
                                .because("the layers that speak HTTP must not be able to use them"),
                        "server.csc.ReadsThePin"));
    }

    /// Whatever a vault offers under the name `sign`.
    private static DescribedPredicate<JavaMember> signingOf(World world) {
        return DescribedPredicate.describe(
                "offered by a vault to sign",
                member ->
                        member.getName().equals("sign")
                                && member.getOwner()
                                        .getPackageName()
                                        .equals(world.only("server.vault"))
                                && member.getOwner().getSimpleName().endsWith("Vault"));
    }

    private static DescribedPredicate<JavaCall<?>> calls(String type, String method) {
        return DescribedPredicate.describe(
                type + "." + method,
                call ->
                        call.getName().equals(method)
                                && call.getTargetOwner().getFullName().equals(type));
    }

    /// A condition on the parameters of a method.
    private static final class TakesOnly extends ArchCondition<JavaMethod> {
        private final String type;

        TakesOnly(String type) {
            super("take only a " + type);
            this.type = type;
        }

        @Override
        public void check(JavaMethod method, ConditionEvents events) {
            var taken = method.getRawParameterTypes().stream().map(JavaClass::getFullName).toList();
            events.add(
                    new SimpleConditionEvent(
                            method,
                            taken.equals(List.of(type)),
                            method.getFullName() + " takes " + taken));
        }
    }
}
