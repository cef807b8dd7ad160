package dev.custodian.it.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;

/// Who may know whom among the modules, and which module loads which library.
final class ModuleRules {
    private final World world;

    private ModuleRules(World world) {
        this.world = world;
    }

    static List<Rule> of(World world) {
        var rules = new ModuleRules(world);
        var all = new ArrayList<Rule>();
        all.addAll(rules.modules());
        all.addAll(rules.libraries());
        all.add(rules.noCycles());
        return all;
    }

    private List<Rule> modules() {
        return List.of(
                module(
                        "core",
                        List.of(),
                        "both sides share it, and strangers' JVMs will load it with the link",
                        "core.KnowsTheClient"),
                module(
                        "link",
                        List.of("core"),
                        "it runs inside strangers' JVMs, which are to get nothing else of ours",
                        "link.KnowsTheClient"),
                module(
                        "client",
                        List.of("core"),
                        "whoever speaks to a server picks the device and document parts freely",
                        "client.KnowsTheDevice"),
                module(
                        "device",
                        List.of("core"),
                        "it is of use without the rest of the product",
                        "device.KnowsTheClient"),
                module(
                        "document",
                        List.of("core"),
                        "it never sees a key, a token or a server",
                        "document.KnowsTheClient"),
                module(
                        "testpki",
                        List.of("core"),
                        "it stands in for a CA of somebody else's",
                        "testpki.KnowsTheDocument"),
                module(
                        "server",
                        List.of("core"),
                        "what it must verify about devices are pure functions in core, and its"
                                + " process parses no document",
                        "server.NamesADevice"),
                module(
                        "agent",
                        List.of("core", "client", "device", "link"),
                        "the daemon that holds tokens and shares parses no document",
                        "agent.KnowsTheDocument"),
                module(
                        "cli",
                        List.of("core", "link", "document", "testpki"),
                        "it holds no token, share or PIN: it asks the agent, and starts server and"
                                + " agent as processes of their own, as people do",
                        "cli.LinksTheServer"));
    }

    /// Of our own modules, this one knows only these. So it is also the rule that testpki is known
    /// to cli and it alone.
    private Rule module(String name, List<String> known, String why, String breaker) {
        var allowed = new ArrayList<String>();
        allowed.add(world.all(name));
        known.forEach(one -> allowed.add(world.all(one)));
        return new Rule(
                classes()
                        .that()
                        .resideInAPackage(world.all(name))
                        .should()
                        .onlyDependOnClassesThat(
                                resideOutsideOfPackage(world.root() + "..")
                                        .or(resideInAnyPackage(allowed.toArray(String[]::new))))
                        .as("module " + name + " knows of ours only " + known)
                        .because(why),
                breaker);
    }

    private List<Rule> libraries() {
        return List.of(
                withoutLibraries(
                        "core", "javax.crypto..", "whoever loads core must not meet a library"),
                withoutLibraries("link", "jdk.net..", "strangers' JVMs have versions of their own"),
                onlyIn(
                        List.of("document"),
                        List.of("org.apache.pdfbox..", "org.apache.fontbox.."),
                        "a parser of strangers' files stays out of every process that holds"
                                + " tokens, shares or keys",
                        "cli.ParsesAPdf"),
                onlyIn(
                        List.of("document"),
                        List.of(
                                "org.bouncycastle.cms..",
                                "org.bouncycastle.asn1.cms..",
                                "org.bouncycastle.tsp.."),
                        "the server signs hashes: what they stand for is no business of its",
                        "server.MakesCms"),
                onlyIn(
                        List.of(
                                "document",
                                "testpki",
                                // the PKCS#10 of a new key, and signatures that a device made
                                "server.vault",
                                // Argon2, and the PKCS#10 that an owner approves
                                "server.activation",
                                // the parameters of RSASSA-PSS
                                "server.csc",
                                // PEM
                                "server.config",
                                // a TLS certificate for the start, names of owners
                                "server"),
                        List.of("org.bouncycastle.."),
                        "the JDK has what the others need; those named need ASN.1 or Argon2",
                        "client.UsesBouncyCastle"),
                onlyIn(
                        // a secret that rests where nothing moves it, and the calls of each system
                        List.of(
                                "core",
                                "agent.unix",
                                "link.pipe",
                                "device.windows",
                                "cli.windows",
                                "server.vault.pkcs11"),
                        List.of("java.lang.foreign.."),
                        "what can crash the process is in few packages",
                        "agent.CallsTheSystem"),
                onlyIn(
                        List.of("agent.prompt.desktop"),
                        List.of("javax.swing..", "com.formdev.."),
                        "the toolkit loads only when a window is shown",
                        "agent.OpensAWindow"),
                onlyIn(
                        List.of("server.http"),
                        List.of("org.eclipse.jetty..", "jakarta.servlet.."),
                        "the web library can be exchanged by rewriting one package",
                        "server.csc.UsesJetty"),
                onlyIn(
                        List.of("server.store"),
                        List.of("java.sql..", "javax.sql..", "org.sqlite.."),
                        "each atomic operation is one method of the store, in one dialect of SQL",
                        "server.signing.WritesSql"));
    }

    /// The module knows core, the JDK and nothing that somebody else wrote.
    private Rule withoutLibraries(String module, String beyondJava, String why) {
        return new Rule(
                classes()
                        .that()
                        .resideInAPackage(world.all(module))
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(
                                world.all(module),
                                world.all("core"),
                                "java..",
                                // names in certificates
                                "javax.security.auth.x500..",
                                beyondJava,
                                "org.jspecify.annotations..")
                        .as(module + " depends on no library, only on the JDK")
                        .because(why),
                module + ".UsesALibrary");
    }

    /// Only these packages themselves, not those below, name the library; and the end-to-end tests.
    private Rule onlyIn(List<String> packages, List<String> library, String why, String breaker) {
        var users = new ArrayList<>(packages.stream().map(world::only).toList());
        users.add(world.all("it"));
        return new Rule(
                noClasses()
                        .that()
                        .resideOutsideOfPackages(users.toArray(String[]::new))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(library.toArray(String[]::new))
                        .as("only " + packages + " names " + library)
                        .because(why),
                breaker);
    }

    private Rule noCycles() {
        return new Rule(
                slices().assignedFrom(new ByPackage(world))
                        .should()
                        .beFreeOfCycles()
                        .as("no packages depend on each other in a circle")
                        .because("each can then be understood, and split off, alone"),
                "server.owner.KnowsTheCredential");
    }

    /// Every package is a slice.
    private record ByPackage(World world) implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return javaClass.getPackageName().startsWith(world.root())
                    ? SliceIdentifier.of(javaClass.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "the packages of " + world.root();
        }
    }
}
