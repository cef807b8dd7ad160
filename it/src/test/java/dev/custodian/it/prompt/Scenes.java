package dev.custodian.it.prompt;

import dev.custodian.agent.prompt.Entry;
import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.prompt.Notice;
import dev.custodian.agent.prompt.Offer;
import dev.custodian.agent.prompt.Question;
import dev.custodian.core.MalformedException;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.core.intent.Shown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Questions as the agent puts them, with names that are made up.
final class Scenes {
    static final Duration LIMIT = Duration.ofMinutes(2);

    /// A name that tries to be more than one.
    static final String HOSTILE =
            "<html><b>invoice</b>\u202Efdp.exe\u2028custody: owner-sealed\ncomputed here\t"
                    + "a\u0301\u0302\u0303\u0304\u0305\u0306"
                    + "x".repeat(10_000)
                    + "\u001B[2J.pdf";

    private Scenes() {}

    static Question login(Duration limit) {
        return question(
                "Log in for ssh, process 4711?",
                List.of(
                        reported("program", "/usr/bin/ssh, process 4711"),
                        reported("terminal session of", "/usr/bin/bash, process 4002"),
                        reported("host", "SHA256:Yk2lPzTt9Zc2Jr8mVq0eG1h7uWnXo5dAsf3bKi6Lw4E")),
                "login: to prove who you are",
                List.of(),
                limit);
    }

    static Question commit() {
        return question(
                "Sign code for git, process 5120?",
                List.of(
                        reported("program", "/usr/bin/ssh-keygen, process 5120"),
                        reported("terminal session of", "/usr/bin/bash, process 4002"),
                        reported("namespace", "git")),
                "code: programs and commits",
                List.of(
                        new Offer(
                                "session:4002:77:/usr/bin/ssh-keygen",
                                "ssh-keygen in this terminal session",
                                50,
                                Duration.ofMinutes(10),
                                "")),
                LIMIT);
    }

    static Question document() {
        return question(
                "Sign a document for pdfsig, process 6001?",
                List.of(
                        reported("program", "/usr/bin/pdfsig, process 6001"),
                        new Shown("document", "contract.pdf", Shown.Source.REPORTED),
                        new Shown("digest", "SHA-256 …9f31c2aa", Shown.Source.COMPUTED)),
                "document",
                List.of(
                        new Offer(
                                "process:6001:88",
                                "this process",
                                2,
                                Duration.ofSeconds(60),
                                "pdfsig signs twice: first to learn the size, then the document.")),
                LIMIT);
    }

    static Question hostile() {
        return question(
                "Sign a document for a program, process 666?",
                List.of(
                        reported("program", "/tmp/" + HOSTILE),
                        reported("document", HOSTILE),
                        reported("host", "bank.example\u202Emoc.live\u2028 Approve"),
                        new Shown("window", "not known", Shown.Source.UNKNOWN)),
                "document",
                List.of(),
                LIMIT);
    }

    private static Question question(
            String title, List<Shown> told, String purpose, List<Offer> offers, Duration limit) {
        var shown = new ArrayList<>(told);
        shown.add(new Shown("purpose", purpose, Shown.Source.COMPUTED));
        shown.add(new Shown("signatures", "1", Shown.Source.COMPUTED));
        shown.add(new Shown("signed by", "CN=Zoë Example,O=Example", Shown.Source.COMPUTED));
        shown.add(new Shown("certificate", "SHA-256 …5be0c4e1", Shown.Source.COMPUTED));
        shown.add(reported("custody", "owner-sealed: needs your PIN and this device"));
        return new Question(title, shown, offers, limit);
    }

    static Entry entry(Entry.Wanted wanted) {
        var title =
                switch (wanted) {
                    case PIN -> "Let another device join?";
                    case NEW_PIN -> "Choose a PIN for this owner.";
                    case MANAGEMENT_KEY -> "The management key of your smart card";
                    case CARD_PIN -> "The PIN of your smart card";
                    case PASSPHRASE -> "Unlock the key of this device?";
                    case NEW_PASSPHRASE -> "Choose a passphrase for this device's key, or none";
                    case RECOVERY_CODE -> "Recover the owner with the recovery code.";
                };
        return new Entry(
                title,
                List.of(
                        reported("server", "https://sign.example:8443"),
                        reported("device", "ab12-cd34-ef56")),
                wanted,
                LIMIT);
    }

    static Notice notice() {
        try {
            return new Notice(
                    "Note the recovery code.",
                    List.of(reported("server", "https://sign.example:8443")),
                    RecoveryCode.of("exam-plex-exam-plex-exam-plex-ex".toCharArray()),
                    LIMIT);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static Shown reported(String what, String foreign) {
        return new Shown(what, Line.of(foreign, Line.NAME), Shown.Source.REPORTED);
    }
}
