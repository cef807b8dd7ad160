package dev.custodian.cli;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.link.AgentAddress;
import dev.custodian.link.AgentSocket;
import dev.custodian.link.Credential;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "git",
        description = {
            "Let git sign with a credential for code, through ssh-keygen.",
            "",
            "Changes your own git settings, says which, and keeps what they were for --undo.",
            ""
        },
        mixinStandardHelpOptions = true)
final class SetupGitCommand implements Callable<Integer> {
    private static final String FORMAT = "gpg.format";
    private static final String KEY = "user.signingKey";
    private static final String SIGNERS = "gpg.ssh.allowedSignersFile";
    private static final String COMMITS = "commit.gpgSign";
    private static final int MAX_SIZE = 64 << 10;

    @Option(
            names = "--key",
            paramLabel = "CREDENTIAL",
            description = "Which credential; not needed when there is one for code.")
    private @Nullable String key;

    @Option(
            names = "--principal",
            paramLabel = "WHO",
            description = "Who signs; by default git's user.email.")
    private @Nullable String principal;

    @Option(names = "--all-commits", description = "Sign every commit, not only with -S.")
    private boolean all;

    @Option(names = "--undo", description = "Put all settings back to what they were.")
    private boolean undo;

    @Spec private CommandSpec spec;

    private final ConfigHome config = ConfigHome.of(System.getenv());
    private final GitConfig git = new GitConfig();

    /// One setting.
    ///
    /// @param before its values before us
    /// @param ours what we set
    private record Change(List<String> before, String ours) {}

    @Override
    public Integer call() throws Refused {
        NotOnWindows.require("setup git", "the agent's door for ssh is a Unix socket.");
        if (undo) {
            undo();
        } else {
            set();
        }
        return ExitCodes.OK;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private void set() throws Refused {
        var credential = credential();
        var mail = git.get("user.email");
        var who = principal == null && !mail.isEmpty() ? mail.getLast() : principal;
        var signers = AllowedSigners.lines(List.of(credential), who);
        var publicKey = config.resolve("custodian/git-signing-key.pub");
        var signersFile = config.resolve("custodian/git-allowed-signers");
        var wanted = new LinkedHashMap<String, String>();
        wanted.put(FORMAT, "ssh");
        wanted.put(KEY, publicKey.toString());
        wanted.put(SIGNERS, signersFile.toString());
        if (all) {
            wanted.put(COMMITS, "true");
        }
        // What was before the first time stays what is gone back to.
        var changes = new LinkedHashMap<>(kept());
        for (var one : wanted.entrySet()) {
            var before = changes.get(one.getKey());
            changes.put(
                    one.getKey(),
                    new Change(
                            before == null ? git.get(one.getKey()) : before.before,
                            one.getValue()));
        }
        keep(changes);
        config.write(publicKey, SshPublicKey.of(credential) + "\n", _ -> true);
        config.write(signersFile, String.join("\n", signers) + "\n", _ -> true);
        for (var one : wanted.entrySet()) {
            git.set(one.getKey(), List.of(one.getValue()));
            out().println("git: " + one.getKey() + " = " + Words.printable(one.getValue()));
        }
        out().println("git: sign with  git commit -S  and  git tag -s");
        var err = spec.commandLine().getErr();
        var socket = AgentSocket.of(System.getenv()).path().resolveSibling("ssh.sock");
        if (!socket.toString().equals(System.getenv("SSH_AUTH_SOCK"))) {
            err.println("git finds the agent by a variable; put this into your shell's profile:");
            err.println("  export SSH_AUTH_SOCK=" + Words.shell(socket));
        }
        err.println("Undo: custodian setup git --undo");
    }

    private Credential credential() throws Refused {
        try (var agent = LinkCommand.connect(AgentAddress.of(System.getenv()))) {
            var code = agent.credentials(EnumSet.of(Purpose.CODE));
            var meant =
                    code.stream()
                            .filter(
                                    one ->
                                            key == null
                                                    || one.name().equals(key)
                                                    || one.id().text().equals(key))
                            .toList();
            if (meant.isEmpty()) {
                throw new Refused(
                        FailureKind.CREDENTIAL_UNKNOWN, "It has to be one for the purpose code.");
            }
            if (meant.size() > 1) {
                throw new Refused(
                        FailureKind.USAGE, "There are several for code: name one with --key.");
            }
            return meant.getFirst();
        }
    }

    private void undo() throws Refused {
        var changes = kept();
        if (changes.isEmpty()) {
            out().println("git: there is nothing to undo");
            return;
        }
        for (var one : changes.entrySet()) {
            var name = one.getKey();
            if (git.get(name).equals(List.of(one.getValue().ours))) {
                git.set(name, one.getValue().before);
                out().println(
                                "git: "
                                        + name
                                        + (one.getValue().before.isEmpty()
                                                ? " is not set any more"
                                                : " = "
                                                        + Words.printable(
                                                                String.join(
                                                                        ", ",
                                                                        one.getValue().before))));
            } else {
                out().println("git: " + name + " was changed since, and stays");
            }
        }
        config.remove(config.resolve("custodian/git-signing-key.pub"), _ -> true);
        config.remove(config.resolve("custodian/git-allowed-signers"), _ -> true);
        config.remove(undoFile(), _ -> true);
    }

    private java.nio.file.Path undoFile() {
        return config.resolve("custodian/git-before.json");
    }

    private Map<String, Change> kept() throws Refused {
        var file = undoFile();
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            var object =
                    Json.members(Json.parse(Bytes.utf8(ConfigHome.read(file)), MAX_SIZE), "it");
            object.number("v", 1, 1);
            var changes = new LinkedHashMap<String, Change>();
            for (var item : object.items("settings")) {
                var one = Json.members(item, "a setting");
                var before = new ArrayList<String>();
                for (var value : one.items("before")) {
                    if (!(value instanceof Json.Str(var text))) {
                        throw new MalformedException("a value that is no text");
                    }
                    before.add(text);
                }
                changes.put(one.text("name"), new Change(before, one.text("ours")));
            }
            return changes;
        } catch (MalformedException e) {
            throw new Refused(FailureKind.SETTING_FOREIGN, file + ": " + e.getMessage() + ".");
        }
    }

    private void keep(Map<String, Change> changes) throws Refused {
        var settings = new ArrayList<Json>();
        changes.forEach(
                (name, change) ->
                        settings.add(
                                Json.object()
                                        .put("name", name)
                                        .put("before", Json.Arr.ofTexts(change.before))
                                        .put("ours", change.ours)
                                        .build()));
        var json = Json.object().put("v", 1).put("settings", new Json.Arr(settings)).build();
        config.write(
                undoFile(), new String(json.write().toArray(), StandardCharsets.UTF_8), _ -> true);
    }
}
