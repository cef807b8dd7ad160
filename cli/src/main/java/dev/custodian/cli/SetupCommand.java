package dev.custodian.cli;

import picocli.CommandLine.Command;

@Command(
        name = "setup",
        description = "Tell programs where the agent is; each can be undone.",
        mixinStandardHelpOptions = true,
        subcommands = {SetupPkcs11Command.class, SetupGitCommand.class})
final class SetupCommand {}
