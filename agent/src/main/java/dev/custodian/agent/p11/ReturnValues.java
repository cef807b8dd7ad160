package dev.custodian.agent.p11;

import dev.custodian.agent.p11.rpc.Ckr;
import dev.custodian.core.FailureKind;

/// What a program is told for each kind of failure: the one table of this door (DESIGN §10).
final class ReturnValues {
    private ReturnValues() {}

    static Ckr of(FailureKind kind) {
        return switch (kind) {
            // The person said no, or nothing. Older tools have a word for this one only.
            case APPROVAL_REFUSED, APPROVAL_TIMED_OUT, CANCELLED -> Ckr.FUNCTION_CANCELED;
            case FACTORS_REFUSED, FACTORS_DELAYED, RECOVERY_REFUSED -> Ckr.PIN_INCORRECT;
            case DEVICE_LOCKED -> Ckr.PIN_LOCKED;
            case NOT_AUTHENTICATED, NOT_JOINED, AGENT_LOCKED -> Ckr.USER_NOT_LOGGED_IN;
            case MALFORMED_REQUEST, USAGE -> Ckr.ARGUMENTS_BAD;
            case CREDENTIAL_UNKNOWN, CREDENTIAL_DISABLED -> Ckr.KEY_HANDLE_INVALID;
            case POLICY_REFUSED -> Ckr.KEY_FUNCTION_NOT_PERMITTED;
            case DIGEST_LENGTH -> Ckr.DATA_LEN_RANGE;
            case SCHEME_REFUSED -> Ckr.MECHANISM_PARAM_INVALID;
            // A program that hears of a removed device forgets the slot; an error it tries again.
            case SERVER_UNREACHABLE,
                    IDENTITY_CHANGED,
                    TLS_NOT_VOUCHED,
                    ACTIVATION_KEY_NOT_VOUCHED,
                    SIGNATURE_WRONG,
                    JOURNAL_BROKEN,
                    PROTOCOL_BROKEN,
                    TAMPERED,
                    VAULT_FAILED,
                    OUTCOME_UNKNOWN,
                    STORAGE_FULL,
                    STORAGE_FAILED,
                    BUSY,
                    INTERNAL,
                    AGENT_UNREACHABLE,
                    AGENT_LATE,
                    AGENT_FOREIGN,
                    AGENT_BROKEN ->
                    Ckr.DEVICE_ERROR;
            case INVITATION_REFUSED,
                    OWNER_UNKNOWN,
                    INTENT_MISMATCH,
                    INTENT_EXPIRED,
                    ACTIVATION_KEY_GONE,
                    CONSENT_UNKNOWN,
                    CONSENT_EXPIRED,
                    CONSENT_USED_UP,
                    CONSENT_REVOKED,
                    DEVICE_UNKNOWN,
                    LAST_DEVICE,
                    JOIN_REQUEST_GONE,
                    JOIN_REQUESTS_FULL,
                    RECOVERY_UNKNOWN,
                    HARDWARE_NOT_PROVED,
                    SAD_UNKNOWN,
                    SAD_EXPIRED,
                    DIGEST_NOT_AUTHORIZED,
                    PROMPT_UNUSABLE,
                    PROMPTS_WAITING,
                    PROGRAM_REFUSED,
                    AGENT_IN_USE,
                    KEY_SEALED,
                    DEVICE_KEY_UNUSABLE,
                    KEY_STORE_REFUSED,
                    SOCKET_TAKEN,
                    JOINED_ALREADY,
                    PROMPT_NEEDED,
                    SETTING_FOREIGN,
                    FILE_UNREADABLE,
                    NOT_A_PDF,
                    PDF_EMPTY,
                    PDF_DAMAGED,
                    PDF_ENCRYPTED,
                    PDF_CERTIFIED,
                    OUTPUT_EXISTS,
                    OUTPUT_IS_INPUT,
                    OUTPUT_UNWRITABLE,
                    DISK_FULL,
                    CONFIG_WRONG,
                    FOLDER_IN_USE,
                    PORT_IN_USE,
                    KEY_FILE_EXPOSED,
                    KEY_FILE_UNUSABLE ->
                    Ckr.FUNCTION_FAILED;
        };
    }
}
