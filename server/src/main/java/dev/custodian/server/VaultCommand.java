package dev.custodian.server;

import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.config.Config;
import dev.custodian.server.credential.KeyMove;
import dev.custodian.server.store.FolderLock;
import dev.custodian.server.vault.MasterKey;
import dev.custodian.server.vault.Passphrase;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "vault",
        description = "Change what the users' keys are wrapped under. Needs no user's PIN.",
        mixinStandardHelpOptions = true,
        subcommands = {
            VaultCommand.Rotate.class,
            VaultCommand.Migrate.class,
            VaultCommand.Left.class
        })
final class VaultCommand {
    @Command(
            name = "rotate",
            description = {
                "Make a new master key of the embedded vault, while the server is stopped. The former",
                "ones stay beside it. Managed keys move at once, owner-sealed ones when their owners",
                "next approve something. A rotation that was interrupted is finished instead.",
                "Exit code 1: a managed key did not move."
            },
            mixinStandardHelpOptions = true)
    static final class Rotate implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Override
        public Integer call() throws Exception {
            var settings = config.read();
            if (settings.hsm() != null) {
                throw new Refused(
                        FailureKind.CONFIG_WRONG,
                        "vault.kind: an HSM has no master key. See: custodian-server hsm --help");
            }
            try (var _ = lock(settings);
                    var passphrase = Passphrase.of(settings)) {
                // What an interrupted run left behind comes first, and is enough for one run.
                var finished = move(settings, passphrase);
                if (finished.secrets() + finished.keys() > 0) {
                    print(output, finished, "Finished the interrupted rotation.");
                    return exitCode(finished);
                }
                var file = MasterKey.add(settings.master(), passphrase, new SecureRandom());
                var text =
                        "The new master key is " + file + ": back it up, beside the former ones.";
                var moved = move(settings, passphrase);
                print(output, moved, text);
                return exitCode(moved);
            }
        }
    }

    @Command(
            name = "migrate",
            description = {
                "Move what the embedded vault made into the HSM, while the server is stopped. Managed",
                "keys move at once, owner-sealed ones when their owners next approve something. A run",
                "that was interrupted is repeated. Exit code 1: a managed key did not move."
            },
            mixinStandardHelpOptions = true)
    static final class Migrate implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Override
        public Integer call() throws Exception {
            var settings = config.read();
            if (!settings.former()) {
                throw new Refused(
                        FailureKind.CONFIG_WRONG,
                        "vault.former: keys move from the embedded vault to an HSM when the"
                                + " configuration says kind = \"hsm\" and former = \"embedded\".");
            }
            try (var _ = lock(settings);
                    var passphrase = Passphrase.of(settings)) {
                var moved = move(settings, passphrase);
                var text =
                        "Moved into the HSM: %d managed keys, and %d secrets of the server."
                                .formatted(moved.keys(), moved.secrets());
                print(output, moved, text);
                return exitCode(moved);
            }
        }
    }

    @Command(
            name = "left",
            description = "List the credentials whose keys are still in a former form.",
            mixinStandardHelpOptions = true)
    static final class Left implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Override
        public Integer call() throws Exception {
            try (var foundation = Foundation.open(config.read())) {
                var left = keys(foundation).left();
                print(output, new KeyMove.Moved(0, 0, left), "");
                return ExitCodes.OK;
            }
        }
    }

    /// A server that runs knows the former keys alone.
    private static FolderLock lock(Config settings) throws Refused {
        try {
            return FolderLock.take(settings.folder());
        } catch (Refused e) {
            if (e.kind() != FailureKind.FOLDER_IN_USE) {
                throw e;
            }
            throw new Refused(
                    e.kind(), e.detail() + " This changes its vault: stop the server first.");
        }
    }

    private static KeyMove.Moved move(Config settings, Passphrase passphrase) throws Refused {
        try (var foundation = Foundation.open(settings, passphrase)) {
            return keys(foundation).run();
        }
    }

    private static KeyMove keys(Foundation foundation) {
        return new KeyMove(foundation.parts().store(), foundation.parts().vault());
    }

    private static void print(Output output, KeyMove.Moved moved, String done) {
        var objects = new ArrayList<Map<String, Object>>();
        for (var one : moved.left()) {
            var object = new LinkedHashMap<String, Object>();
            object.put("credential", one.credential().text());
            object.put("owner", one.owner().text());
            object.put("custody", one.custody().text());
            object.put("vault", one.vault());
            object.put("key_id", one.keyId());
            object.put("created", one.created().toString());
            if (!one.obstacle().isEmpty()) {
                object.put("obstacle", one.obstacle());
            }
            objects.add(object);
        }
        var result = new LinkedHashMap<String, Object>();
        result.put("secrets", moved.secrets());
        result.put("keys", moved.keys());
        result.put("left", objects);
        output.print(result, (done + "\n" + text(moved.left())).strip());
    }

    /// A managed key needs nobody's PIN: one that is left is one that did not move.
    private static int exitCode(KeyMove.Moved moved) {
        return moved.left().stream().anyMatch(one -> one.custody() == Custody.MANAGED)
                ? ExitCodes.FOUND
                : ExitCodes.OK;
    }

    private static String text(List<KeyMove.Left> left) {
        if (left.isEmpty()) {
            return "No key is left in a former form.";
        }
        return left.size()
                + " left in a former form:\n"
                + left.stream()
                        .map(
                                one ->
                                        "%s  %s  %s  %s %s  since %s%s"
                                                .formatted(
                                                        one.credential(),
                                                        one.owner(),
                                                        one.custody().text(),
                                                        one.vault(),
                                                        one.keyId(),
                                                        one.created(),
                                                        one.obstacle().isEmpty()
                                                                ? ""
                                                                : "\n  cannot move: "
                                                                        + one.obstacle()))
                        .collect(Collectors.joining("\n"));
    }
}
