package dev.custodian.cli;

import dev.custodian.core.FailureKind;

/// The one table from our failures to exit codes (DESIGN §10). The compiler holds that no kind is
/// forgotten.
final class ExitCodes {
    static final int OK = 0;
    static final int REFUSED = 1;
    static final int USAGE = 2;

    /// The input or the output file is not what it has to be.
    static final int FILE = 3;

    /// The same command may succeed later.
    static final int LATER = 4;

    /// Server or agent does not tell the truth, or another one answers: do not go on.
    static final int DISTRUST = 5;

    static final int FAULT = 70;

    /// Ended by Ctrl-C: the number that shells use, 128 and SIGINT.
    static final int STOPPED = 130;

    private ExitCodes() {}

    static int of(FailureKind kind) {
        return switch (kind) {
            case USAGE -> USAGE;
            case FILE_UNREADABLE,
                    NOT_A_PDF,
                    PDF_EMPTY,
                    PDF_DAMAGED,
                    PDF_ENCRYPTED,
                    PDF_CERTIFIED,
                    OUTPUT_EXISTS,
                    OUTPUT_IS_INPUT,
                    OUTPUT_UNWRITABLE,
                    DISK_FULL,
                    SETTING_FOREIGN ->
                    FILE;
            case BUSY,
                    VAULT_FAILED,
                    FACTORS_DELAYED,
                    JOIN_REQUESTS_FULL,
                    ACTIVATION_KEY_GONE,
                    SERVER_UNREACHABLE,
                    AGENT_UNREACHABLE,
                    AGENT_LATE,
                    STORAGE_FULL,
                    STORAGE_FAILED,
                    PROMPTS_WAITING ->
                    LATER;
            case IDENTITY_CHANGED,
                    TLS_NOT_VOUCHED,
                    ACTIVATION_KEY_NOT_VOUCHED,
                    SIGNATURE_WRONG,
                    JOURNAL_BROKEN,
                    PROTOCOL_BROKEN,
                    AGENT_FOREIGN,
                    AGENT_BROKEN,
                    TAMPERED ->
                    DISTRUST;
            case INTERNAL -> FAULT;
            case MALFORMED_REQUEST,
                    NOT_AUTHENTICATED,
                    INVITATION_REFUSED,
                    CREDENTIAL_UNKNOWN,
                    CREDENTIAL_DISABLED,
                    OWNER_UNKNOWN,
                    DIGEST_LENGTH,
                    SCHEME_REFUSED,
                    POLICY_REFUSED,
                    INTENT_MISMATCH,
                    INTENT_EXPIRED,
                    FACTORS_REFUSED,
                    DEVICE_LOCKED,
                    CONSENT_UNKNOWN,
                    CONSENT_EXPIRED,
                    CONSENT_USED_UP,
                    CONSENT_REVOKED,
                    DEVICE_UNKNOWN,
                    LAST_DEVICE,
                    JOIN_REQUEST_GONE,
                    RECOVERY_REFUSED,
                    RECOVERY_UNKNOWN,
                    HARDWARE_NOT_PROVED,
                    SAD_UNKNOWN,
                    SAD_EXPIRED,
                    DIGEST_NOT_AUTHORIZED,
                    OUTCOME_UNKNOWN,
                    CANCELLED,
                    APPROVAL_REFUSED,
                    APPROVAL_TIMED_OUT,
                    PROMPT_UNUSABLE,
                    PROGRAM_REFUSED,
                    AGENT_LOCKED,
                    AGENT_IN_USE,
                    SOCKET_TAKEN,
                    NOT_JOINED,
                    JOINED_ALREADY,
                    PROMPT_NEEDED,
                    KEY_SEALED,
                    DEVICE_KEY_UNUSABLE,
                    KEY_STORE_REFUSED,
                    CONFIG_WRONG,
                    FOLDER_IN_USE,
                    PORT_IN_USE,
                    KEY_FILE_EXPOSED,
                    KEY_FILE_UNUSABLE ->
                    REFUSED;
        };
    }
}
