package dev.custodian.server;

import dev.custodian.core.FailureKind;

/// The one table from our failures to exit codes (DESIGN §10). The compiler holds that no kind is
/// forgotten.
final class ExitCodes {
    static final int OK = 0;

    /// Something was found, as `journal verify` and `hsm check` say, or stayed where it was, as
    /// `vault rotate` and `vault migrate` say.
    static final int FOUND = 1;

    static final int USAGE = 2;
    static final int CONFIG = 3;
    static final int IN_USE = 4;
    static final int STORAGE = 5;
    static final int REFUSED = 6;
    static final int FAULT = 70;

    private ExitCodes() {}

    static int of(FailureKind kind) {
        return switch (kind) {
            case USAGE -> USAGE;
            case CONFIG_WRONG, KEY_FILE_EXPOSED, KEY_FILE_UNUSABLE -> CONFIG;
            case FOLDER_IN_USE, PORT_IN_USE -> IN_USE;
            case STORAGE_FULL, STORAGE_FAILED, DISK_FULL, TAMPERED, JOURNAL_BROKEN -> STORAGE;
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
                    ACTIVATION_KEY_GONE,
                    FACTORS_REFUSED,
                    FACTORS_DELAYED,
                    DEVICE_LOCKED,
                    CONSENT_UNKNOWN,
                    CONSENT_EXPIRED,
                    CONSENT_USED_UP,
                    CONSENT_REVOKED,
                    DEVICE_UNKNOWN,
                    LAST_DEVICE,
                    JOIN_REQUEST_GONE,
                    JOIN_REQUESTS_FULL,
                    RECOVERY_REFUSED,
                    RECOVERY_UNKNOWN,
                    HARDWARE_NOT_PROVED,
                    SAD_UNKNOWN,
                    SAD_EXPIRED,
                    DIGEST_NOT_AUTHORIZED,
                    OUTCOME_UNKNOWN,
                    VAULT_FAILED,
                    BUSY,
                    IDENTITY_CHANGED,
                    TLS_NOT_VOUCHED,
                    ACTIVATION_KEY_NOT_VOUCHED,
                    SIGNATURE_WRONG,
                    SERVER_UNREACHABLE,
                    PROTOCOL_BROKEN,
                    AGENT_UNREACHABLE,
                    AGENT_LATE,
                    AGENT_FOREIGN,
                    AGENT_BROKEN,
                    CANCELLED,
                    APPROVAL_REFUSED,
                    APPROVAL_TIMED_OUT,
                    PROMPT_UNUSABLE,
                    PROMPTS_WAITING,
                    PROGRAM_REFUSED,
                    AGENT_LOCKED,
                    AGENT_IN_USE,
                    SOCKET_TAKEN,
                    NOT_JOINED,
                    JOINED_ALREADY,
                    PROMPT_NEEDED,
                    SETTING_FOREIGN,
                    KEY_SEALED,
                    DEVICE_KEY_UNUSABLE,
                    KEY_STORE_REFUSED,
                    FILE_UNREADABLE,
                    NOT_A_PDF,
                    PDF_EMPTY,
                    PDF_DAMAGED,
                    PDF_ENCRYPTED,
                    PDF_CERTIFIED,
                    OUTPUT_EXISTS,
                    OUTPUT_IS_INPUT,
                    OUTPUT_UNWRITABLE ->
                    REFUSED;
        };
    }
}
