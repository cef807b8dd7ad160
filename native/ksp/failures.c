#include "ksp.h"

/// The one table from failures to what a Windows program is told. No number of the link is forgotten: the compiler holds
/// that, and native/test/failures.tsv what each must be.
STATUS status_of(uint32_t failure) {
    switch ((enum link_failure)failure) {
        case FAILURE_NONE:
            return ERROR_SUCCESS;
        case FAILURE_MEMORY:
            return NTE_NO_MEMORY;

        // The owner said no, or nothing: the program stays quiet.
        case FAILURE_CANCELLED:
        case FAILURE_APPROVAL_REFUSED:
        case FAILURE_APPROVAL_TIMED_OUT:
            return NTE_USER_CANCELLED;

        case FAILURE_FACTORS_REFUSED:
        case FAILURE_FACTORS_DELAYED:
            return NTE_INCORRECT_PASSWORD;

        // A question is needed, and the program said not to ask, or nobody can be asked here.
        case FAILURE_PROMPT_NEEDED:
        case FAILURE_PROMPT_UNUSABLE:
            return NTE_SILENT_CONTEXT;

        case FAILURE_CREDENTIAL_UNKNOWN:
            return NTE_BAD_KEYSET;

        case FAILURE_CREDENTIAL_DISABLED:
            return NTE_KEYSET_ENTRY_BAD;

        case FAILURE_POLICY_REFUSED:
        case FAILURE_DEVICE_LOCKED:
        case FAILURE_CONSENT_UNKNOWN:
        case FAILURE_CONSENT_EXPIRED:
        case FAILURE_CONSENT_USED_UP:
        case FAILURE_CONSENT_REVOKED:
        case FAILURE_PROGRAM_REFUSED:
            return NTE_PERM;

        case FAILURE_SCHEME_REFUSED:
            return NTE_NOT_SUPPORTED;

        case FAILURE_DIGEST_LENGTH:
            return NTE_INVALID_PARAMETER;

        // Not there, not logged in, or not just now: trying again later helps.
        case FAILURE_NOT_AUTHENTICATED:
        case FAILURE_SERVER_UNREACHABLE:
        case FAILURE_AGENT_UNREACHABLE:
        case FAILURE_AGENT_LATE:
        case FAILURE_AGENT_FOREIGN:
        case FAILURE_PROMPTS_WAITING:
        case FAILURE_AGENT_LOCKED:
        case FAILURE_NOT_JOINED:
        case FAILURE_KEY_SEALED:
        case FAILURE_DEVICE_KEY_UNUSABLE:
            return NTE_DEVICE_NOT_READY;

        case FAILURE_MALFORMED_REQUEST:
        case FAILURE_AGENT_BROKEN:
            return NTE_INTERNAL_ERROR;

        case FAILURE_INVITATION_REFUSED:
        case FAILURE_OWNER_UNKNOWN:
        case FAILURE_INTENT_MISMATCH:
        case FAILURE_INTENT_EXPIRED:
        case FAILURE_ACTIVATION_KEY_GONE:
        case FAILURE_TAMPERED:
        case FAILURE_SAD_UNKNOWN:
        case FAILURE_SAD_EXPIRED:
        case FAILURE_DIGEST_NOT_AUTHORIZED:
        case FAILURE_OUTCOME_UNKNOWN:
        case FAILURE_VAULT_FAILED:
        case FAILURE_BUSY:
        case FAILURE_STORAGE_FULL:
        case FAILURE_STORAGE_FAILED:
        case FAILURE_INTERNAL:
        case FAILURE_IDENTITY_CHANGED:
        case FAILURE_TLS_NOT_VOUCHED:
        case FAILURE_ACTIVATION_KEY_NOT_VOUCHED:
        case FAILURE_SIGNATURE_WRONG:
        case FAILURE_JOURNAL_BROKEN:
        case FAILURE_PROTOCOL_BROKEN:
        case FAILURE_FILE_UNREADABLE:
        case FAILURE_NOT_A_PDF:
        case FAILURE_PDF_EMPTY:
        case FAILURE_PDF_DAMAGED:
        case FAILURE_PDF_ENCRYPTED:
        case FAILURE_PDF_CERTIFIED:
        case FAILURE_OUTPUT_EXISTS:
        case FAILURE_OUTPUT_IS_INPUT:
        case FAILURE_OUTPUT_UNWRITABLE:
        case FAILURE_DISK_FULL:
        case FAILURE_CONFIG_WRONG:
        case FAILURE_FOLDER_IN_USE:
        case FAILURE_PORT_IN_USE:
        case FAILURE_KEY_FILE_EXPOSED:
        case FAILURE_KEY_FILE_UNUSABLE:
        case FAILURE_USAGE:
        case FAILURE_DEVICE_UNKNOWN:
        case FAILURE_LAST_DEVICE:
        case FAILURE_JOIN_REQUEST_GONE:
        case FAILURE_JOIN_REQUESTS_FULL:
        case FAILURE_RECOVERY_REFUSED:
        case FAILURE_RECOVERY_UNKNOWN:
        case FAILURE_HARDWARE_NOT_PROVED:
        case FAILURE_KEY_STORE_REFUSED:
        case FAILURE_AGENT_IN_USE:
        case FAILURE_SOCKET_TAKEN:
        case FAILURE_JOINED_ALREADY:
        case FAILURE_SETTING_FOREIGN:
            return NTE_FAIL;
    }
    // An agent that is newer than this library.
    return NTE_FAIL;
}
