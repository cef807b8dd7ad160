package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Custody;
import dev.custodian.core.Purpose;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.StringEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No property and no variable that the shipped agent could read stands for a person's yes.
class NothingApprovesIT {
    private static final Pattern PROPERTY =
            Pattern.compile("[A-Za-z][A-Za-z0-9_]*([.-][A-Za-z0-9_]+)+");
    private static final Pattern VARIABLE = Pattern.compile("_?[A-Z][A-Z0-9_]{2,60}");

    /// Those of the JDK, the C library and the desktop say how and where a program runs at all.
    private static final Pattern OF_THE_SYSTEM =
            Pattern.compile(
                    "(javax?|jdk|sun|com\\.sun|os|user|file|line|path|native)\\..*"
                            + "|_?JAVA_.*|JDK_.*|LD_.*|XDG_.*|LC_.*|PATH|HOME");

    @TempDir Path scratch;

    /// Every string constant of the classes of the agent and of all that it loads.
    private static Set<String> strings() throws IOException {
        var found = new TreeSet<String>();
        try (var jars = Files.list(Program.HOME.resolve("agent/target/lib"))) {
            for (var jar : jars.filter(one -> one.toString().endsWith(".jar")).toList()) {
                try (var file = new JarFile(jar.toFile())) {
                    for (var entry : file.stream().toList()) {
                        if (entry.getName().endsWith(".class")) {
                            try (var in = file.getInputStream(entry)) {
                                add(in.readAllBytes(), found);
                            }
                        }
                    }
                }
            }
        }
        found.removeIf(one -> OF_THE_SYSTEM.matcher(one).matches());
        found.removeAll(System.getProperties().stringPropertyNames());
        found.removeAll(System.getenv().keySet());
        return found;
    }

    private static void add(byte[] octets, Set<String> found) {
        for (var constant : ClassFile.of().parse(octets).constantPool()) {
            if (constant instanceof StringEntry string) {
                found.add(string.stringValue());
            }
        }
    }

    private List<String> everyProperty(Set<String> strings) throws IOException {
        var names = strings.stream().filter(one -> PROPERTY.matcher(one).matches()).toList();
        assertThat(names).hasSizeGreaterThan(100);
        var arguments = scratch.resolve("arguments");
        Files.write(arguments, names.stream().map(name -> "-D" + name + "=true").toList());
        return List.of("@" + arguments);
    }

    private static Map<String, String> everyVariable(Set<String> strings) {
        var variables = new TreeMap<String, String>();
        for (var one : strings) {
            if (VARIABLE.matcher(one).matches()) {
                variables.put(one, "true");
            }
        }
        assertThat(variables).hasSizeGreaterThan(50);
        return variables;
    }

    @Test
    void onlyAPersonDoes() throws Exception {
        var installation = Installation.in(scratch);
        try (var serving = installation.serve()) {
            var device =
                    OwnerDevice.enrol(
                            installation.invite(serving.url()), scratch.resolve("device"));
            installation.credentials(Custody.OWNER_SEALED, Purpose.CODE, device.owner(), "P-256");
            var strings = strings();
            try (var agent =
                    AgentProcess.startUnder(
                            scratch, everyProperty(strings), everyVariable(strings))) {
                agent.willSayNothing();
                Awaitility.await()
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> run(agent, "ssh-add", "-L").exit() == 0);
                Files.writeString(
                        scratch.resolve("key.pub"), run(agent, "ssh-add", "-L").orFail().out());
                Files.writeString(scratch.resolve("text"), "to be signed");

                assertThat(sign(agent).exit()).isNotZero();
                assertThat(agent.asked()).hasSize(1);
                assertThat(scratch.resolve("text.sig")).doesNotExist();

                agent.willAnswer(OwnerDevice.PIN);
                sign(agent).orFail();
                assertThat(agent.asked()).hasSize(1);
                assertThat(scratch.resolve("text.sig")).isNotEmptyFile();
            }
        }
    }

    private Program.Ran sign(AgentProcess agent) throws Exception {
        return run(agent, "ssh-keygen", "-Y", "sign", "-n", "file", "-f", "key.pub", "text");
    }

    private Program.Ran run(AgentProcess agent, String... line) throws Exception {
        return Program.run(
                scratch,
                Map.of("SSH_AUTH_SOCK", agent.socket().toString(), "HOME", scratch.toString()),
                List.of(line));
    }
}
