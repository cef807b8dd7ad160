package dev.custodian.link;

import dev.custodian.core.FailureKind;

/// The one table from our failures to their numbers on the link (DESIGN §10). The compiler holds
/// that no kind is forgotten; `vectors/link/failures.txt` holds that no number changes.
final class FailureNumbers {
    private FailureNumbers() {}

    static int of(FailureKind kind) {
        return switch (kind) {
            case MALFORMED_REQUEST -> 1;
            case NOT_AUTHENTICATED -> 2;
            case INVITATION_REFUSED -> 3;
            case CREDENTIAL_UNKNOWN -> 4;
            case CREDENTIAL_DISABLED -> 5;
            case OWNER_UNKNOWN -> 6;
            case DIGEST_LENGTH -> 7;
            case SCHEME_REFUSED -> 8;
            case INTENT_MISMATCH -> 9;
            case INTENT_EXPIRED -> 10;
            case POLICY_REFUSED -> 11;
            case ACTIVATION_KEY_GONE -> 12;
            case FACTORS_REFUSED -> 13;
            case FACTORS_DELAYED -> 14;
            case DEVICE_LOCKED -> 15;
            case TAMPERED -> 16;
            case SAD_UNKNOWN -> 17;
            case SAD_EXPIRED -> 18;
            case DIGEST_NOT_AUTHORIZED -> 19;
            case OUTCOME_UNKNOWN -> 20;
            case VAULT_FAILED -> 21;
            case BUSY -> 22;
            case STORAGE_FULL -> 23;
            case STORAGE_FAILED -> 24;
            case INTERNAL -> 25;
            case IDENTITY_CHANGED -> 26;
            case TLS_NOT_VOUCHED -> 27;
            case ACTIVATION_KEY_NOT_VOUCHED -> 28;
            case SIGNATURE_WRONG -> 29;
            case JOURNAL_BROKEN -> 30;
            case SERVER_UNREACHABLE -> 31;
            case PROTOCOL_BROKEN -> 32;
            case AGENT_UNREACHABLE -> 33;
            case AGENT_LATE -> 34;
            case AGENT_FOREIGN -> 35;
            case AGENT_BROKEN -> 36;
            case CANCELLED -> 37;
            case FILE_UNREADABLE -> 38;
            case NOT_A_PDF -> 39;
            case PDF_EMPTY -> 40;
            case PDF_DAMAGED -> 41;
            case PDF_ENCRYPTED -> 42;
            case PDF_CERTIFIED -> 43;
            case OUTPUT_EXISTS -> 44;
            case OUTPUT_IS_INPUT -> 45;
            case OUTPUT_UNWRITABLE -> 46;
            case DISK_FULL -> 47;
            case CONFIG_WRONG -> 48;
            case FOLDER_IN_USE -> 49;
            case PORT_IN_USE -> 50;
            case KEY_FILE_EXPOSED -> 51;
            case KEY_FILE_UNUSABLE -> 52;
            case USAGE -> 53;
            case DEVICE_UNKNOWN -> 54;
            case LAST_DEVICE -> 55;
            case JOIN_REQUEST_GONE -> 56;
            case JOIN_REQUESTS_FULL -> 57;
            case RECOVERY_REFUSED -> 58;
            case RECOVERY_UNKNOWN -> 59;
            case CONSENT_UNKNOWN -> 60;
            case CONSENT_EXPIRED -> 61;
            case CONSENT_USED_UP -> 62;
            case CONSENT_REVOKED -> 63;
            case APPROVAL_REFUSED -> 64;
            case APPROVAL_TIMED_OUT -> 65;
            case PROMPT_UNUSABLE -> 66;
            case PROMPTS_WAITING -> 67;
            case PROGRAM_REFUSED -> 68;
            case AGENT_LOCKED -> 69;
            case AGENT_IN_USE -> 70;
            case SOCKET_TAKEN -> 71;
            case NOT_JOINED -> 72;
            case JOINED_ALREADY -> 73;
            case PROMPT_NEEDED -> 74;
            case SETTING_FOREIGN -> 75;
            case KEY_SEALED -> 76;
            case HARDWARE_NOT_PROVED -> 77;
            case DEVICE_KEY_UNUSABLE -> 78;
            case KEY_STORE_REFUSED -> 79;
        };
    }
}
