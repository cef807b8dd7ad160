package dev.custodian.core;

import java.util.Locale;

/// The closed list of what can go wrong (DESIGN §10). Every door and face maps this whole list in
/// one table of its own; a person reads the same sentence and the same next step everywhere.
/// `docs/reference/errors.md` follows it.
public enum FailureKind {
    // what was asked
    MALFORMED_REQUEST("The request is not well formed.", "Compare it with the API reference."),
    NOT_AUTHENTICATED("The caller is not logged in.", "Log in again with an enrolled device."),
    INVITATION_REFUSED(
            "The invitation is unknown, used up or too old.",
            "Ask the operator for a new one: custodian-server owner invite."),
    CREDENTIAL_UNKNOWN(
            "There is no such credential for this owner.",
            "List the credentials and choose one of them."),
    CREDENTIAL_DISABLED(
            "The credential has no certificate yet.",
            "Ask the operator to certify it: custodian-server credential certify."),
    OWNER_UNKNOWN("There is no such owner.", "Check the owner's id: it begins with own_."),
    DIGEST_LENGTH(
            "A digest does not have the length of its hash.",
            "Send the whole digest and name its hash."),
    SCHEME_REFUSED(
            "The key, the hash and the signature scheme do not go together.",
            "Choose a scheme that the credential lists, over the hash that was approved."),

    // approval
    INTENT_MISMATCH(
            "What was approved is not what was asked for.",
            "Approve again: credential, digests, count and server must agree."),
    INTENT_EXPIRED(
            "The approval is too old, or its nonce is not ours.",
            "Check the clock, then approve again."),
    POLICY_REFUSED(
            "The credential's policy does not allow this approval.",
            "Approve as the policy demands."),
    ACTIVATION_KEY_GONE(
            "The server has renewed its activation key.",
            "Nothing to do: the request is sent again under the new key."),
    FACTORS_REFUSED(
            "The PIN or the device was not accepted.",
            "Try again; too many wrong tries lock the device."),
    FACTORS_DELAYED(
            "Too many wrong tries: the next one has to wait.",
            "Wait the time that is shown, then try again."),
    DEVICE_LOCKED(
            "This device is locked after too many wrong tries.",
            "Remove it from another device and join again, or recover: custodian recover."),
    CONSENT_UNKNOWN(
            "There is no such consent for this device and credential.",
            "Ask for a new one: the PIN is needed once."),
    CONSENT_EXPIRED(
            "The consent's time has run out.", "Ask for a new one: the PIN is needed once."),
    CONSENT_USED_UP(
            "The consent covers no more signatures.", "Ask for a new one: the PIN is needed once."),
    CONSENT_REVOKED(
            "The consent was taken back, or the credential was changed since.",
            "Ask for a new one: the PIN is needed once."),
    TAMPERED(
            "The server's records about this owner do not fit together; nothing was signed.",
            "Tell the operator: rows of the database were changed or restored from an older state."),

    // the owner's devices
    DEVICE_UNKNOWN("The owner has no such device.", "List the devices and choose one of them."),
    LAST_DEVICE(
            "The owner's last device cannot be removed.",
            "Add another device first, then remove this one from there."),
    JOIN_REQUEST_GONE(
            "The new device's request is unknown, refused or too old.",
            "Ask again on the new device: custodian join."),
    JOIN_REQUESTS_FULL(
            "Too many new devices wait for this owner's approval.",
            "Approve or refuse one of them on an enrolled device, or wait an hour."),
    RECOVERY_REFUSED(
            "There is no such owner, or the recovery code is another one.",
            "Compare address and code with the recovery sheet."),
    RECOVERY_UNKNOWN("No such recovery is under way.", "Look at the status of the devices again."),
    HARDWARE_NOT_PROVED(
            "It is not proved that the device key is in hardware.",
            "The device works on; credentials that demand such a key refuse it."),

    // authorization and signing
    SAD_UNKNOWN("There is no such authorization for this caller.", "Approve again."),
    SAD_EXPIRED("The authorization has expired.", "Approve again."),
    DIGEST_NOT_AUTHORIZED(
            "A digest was not approved, or was used up.", "Approve exactly what is to be signed."),
    OUTCOME_UNKNOWN(
            "The server stopped while it signed; whether a signature was made is unknown.",
            "Approve again: this approval is used up."),
    VAULT_FAILED(
            "The key could not be used just now; the approval is still good.",
            "Try again in a moment."),
    BUSY("The server has too much to do.", "Try again in a moment."),
    STORAGE_FULL(
            "The server's disk is full; nothing was lost.",
            "Make room in the data folder, then try again."),
    STORAGE_FAILED("The server's database cannot be read or written.", "See the server's log."),
    INTERNAL(
            "The server has a fault of its own.",
            "See the server's log; the request id is in the answer."),

    // what our client refuses to believe
    IDENTITY_CHANGED(
            "This is not the server that you paired with.",
            "Do not go on. If the operator has really replaced its identity, pair again."),
    TLS_NOT_VOUCHED(
            "The server's identity does not vouch for this TLS certificate.",
            "Do not go on; tell the operator."),
    ACTIVATION_KEY_NOT_VOUCHED(
            "The server's identity does not vouch for this activation key.",
            "Do not go on; tell the operator."),
    SIGNATURE_WRONG(
            "The server's signature does not fit the digest and the certificate.",
            "Do not use it; tell the operator."),
    JOURNAL_BROKEN(
            "The server's journal does not continue what was seen before.",
            "Do not go on; tell the operator."),
    SERVER_UNREACHABLE(
            "The server cannot be reached.", "Check the address and that the server runs."),
    PROTOCOL_BROKEN(
            "The server gave an answer that makes no sense.", "Check the versions of both sides."),

    // between programs and the agent
    AGENT_UNREACHABLE("The agent is not running.", "Start it with: custodian agent."),
    AGENT_LATE("The agent did not answer in time.", "Look for its prompt, then try again."),
    AGENT_FOREIGN(
            "The agent's socket is not yours alone.",
            "Do not go on; look who owns the named path, and what its mode is."),
    AGENT_BROKEN(
            "The agent gave an answer that makes no sense.",
            "Restart the agent and the program, so that both are of one version."),
    CANCELLED("The request was cancelled.", "Ask again when you want it."),

    // asking the person, on the machine where the agent runs
    APPROVAL_REFUSED(
            "The answer to the question was no; nothing was signed.",
            "Ask again if that was a mistake."),
    APPROVAL_TIMED_OUT(
            "Nobody answered the question in time; nothing was signed.",
            "Ask again, and answer before the time that is shown runs out."),
    PROMPT_UNUSABLE(
            "Nobody could be asked: no dialog can be shown here.",
            "Start the agent in a desktop session, or install pinentry."),
    KEY_SEALED(
            "The device key is locked: by its passphrase, the PIN of its card, or the keyring.",
            "Run: custodian login, and type it when the agent asks."),
    DEVICE_KEY_UNUSABLE(
            "The device key cannot be used.",
            "Run: custodian doctor, which tries each store of keys of this machine."),
    KEY_STORE_REFUSED(
            "The store of device keys did not do it.",
            "See what there is: custodian device stores."),
    PROMPTS_WAITING(
            "Too many questions wait for an answer.",
            "Answer or refuse those that wait, then try again."),
    PROGRAM_REFUSED(
            "The program that asks belongs to somebody else, or has ended.",
            "Start it anew, as the user whose agent this is."),
    AGENT_LOCKED("The agent is locked.", "Unlock it: ssh-add -X."),
    AGENT_IN_USE("Another agent runs in this folder.", "Use that one, or stop it first."),
    SOCKET_TAKEN(
            "What stands in the place of the agent's socket is not the agent's.",
            "Look who made it, remove it, then start the agent again."),
    NOT_JOINED(
            "This machine is no device of an owner yet.",
            "Join with an invitation: custodian join."),
    JOINED_ALREADY(
            "This machine is a device of an owner already.",
            "Go on with it, or give the agent another folder for the other owner."),
    PROMPT_NEEDED(
            "This needs an answer from you, and the program said not to ask.",
            "Let the program ask, or grant a consent first: custodian consent grant."),
    SETTING_FOREIGN(
            "What is set up there already was not made by Custodian.",
            "Look at what is named, change it yourself, then try again."),

    // documents
    FILE_UNREADABLE("The file cannot be read.", "Check its name and its permissions."),
    NOT_A_PDF("The file is not a PDF.", "Give a PDF file."),
    PDF_EMPTY("The file is empty.", "Give a PDF file."),
    PDF_DAMAGED(
            "The PDF is damaged or cut off.",
            "Make it again, or repair it, for instance with qpdf."),
    PDF_ENCRYPTED("The PDF is encrypted.", "Save it without a password, then sign it."),
    PDF_CERTIFIED(
            "The PDF's author certified it against changes; another signature would break that.",
            "Ask the author for a version that may be signed."),
    OUTPUT_EXISTS("The output file is there already.", "Name another with --out, or remove it."),
    OUTPUT_IS_INPUT("Input and output are the same file.", "Name another output with --out."),
    OUTPUT_UNWRITABLE(
            "The output cannot be written.", "Check that its folder is there and may be written."),
    DISK_FULL("The disk is full; the file was not written.", "Make room, then try again."),

    // setting up
    CONFIG_WRONG("The configuration is not right.", "Correct the named line."),
    FOLDER_IN_USE(
            "Another server runs on this data folder.", "Stop it first, or use another folder."),
    PORT_IN_USE("The port is in use.", "Stop the other program, or choose another port."),
    KEY_FILE_EXPOSED("A key file can be read by others.", "Run: chmod 600 on the named file."),
    KEY_FILE_UNUSABLE(
            "A key file is missing or is not what it should be.", "Restore it from the backup."),
    USAGE("The command line is not right.", "See --help.");

    private final String sentence;
    private final String nextStep;

    FailureKind(String sentence, String nextStep) {
        this.sentence = sentence;
        this.nextStep = nextStep;
    }

    /// The kind's id in answers, logs and `docs/reference/errors.md`: `digest-not-authorized`.
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What happened, in one sentence.
    public String sentence() {
        return sentence;
    }

    /// What to do now, in one sentence.
    public String nextStep() {
        return nextStep;
    }
}
