package dev.custodian.server;

import picocli.CommandLine.Command;

@Command(
        name = "journal",
        description = "Check the journal and export it.",
        mixinStandardHelpOptions = true)
final class JournalCommand {}
