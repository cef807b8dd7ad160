package dev.custodian.cli;

import picocli.CommandLine.Command;

@Command(
        name = "setup",
        description = "Have the agent started, and tell programs where it is; each can be undone.",
        mixinStandardHelpOptions = true,
        subcommands = {SetupAgentCommand.class, SetupPkcs11Command.class, SetupGitCommand.class})
final class SetupCommand {}
