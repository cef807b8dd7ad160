package dev.custodian.server.csc;

import dev.custodian.core.FailureKind;

/// The one table from our failures to HTTP and to the CSC API's errors (DESIGN §10). The compiler
/// holds that no kind is forgotten.
final class Failures {
    private static final String INVALID_REQUEST = "invalid_request";
    private static final String INVALID_AUTHENTICATION = "invalid_authentication_data";
    private static final String ACCESS_DENIED = "access_denied";
    private static final String SERVER_ERROR = "server_error";
    private static final String UNAVAILABLE = "temporarily_unavailable";

    private Failures() {}

    /// How a failure is told.
    ///
    /// @param status of HTTP
    /// @param error the CSC API's code
    /// @param description its sentence
    record Told(int status, String error, String description) {}

    static Told of(FailureKind kind) {
        return switch (kind) {
            case MALFORMED_REQUEST,
                    DIGEST_LENGTH,
                    DIGEST_NOT_AUTHORIZED,
                    SCHEME_REFUSED,
                    SAD_UNKNOWN,
                    SAD_EXPIRED,
                    CREDENTIAL_UNKNOWN,
                    CREDENTIAL_DISABLED,
                    OWNER_UNKNOWN,
                    DEVICE_LOCKED,
                    DEVICE_UNKNOWN,
                    LAST_DEVICE,
                    JOIN_REQUEST_GONE,
                    RECOVERY_UNKNOWN,
                    HARDWARE_NOT_PROVED,
                    USAGE,
                    OUTCOME_UNKNOWN ->
                    new Told(400, INVALID_REQUEST, sentence(kind));
            case INTENT_MISMATCH, INTENT_EXPIRED, ACTIVATION_KEY_GONE, FACTORS_REFUSED ->
                    new Told(400, INVALID_AUTHENTICATION, "The authentication data is invalid");
            case CONSENT_UNKNOWN, CONSENT_EXPIRED, CONSENT_USED_UP, CONSENT_REVOKED ->
                    new Told(400, INVALID_AUTHENTICATION, sentence(kind));
            case POLICY_REFUSED -> new Told(400, ACCESS_DENIED, sentence(kind));
            case INVITATION_REFUSED, RECOVERY_REFUSED ->
                    new Told(403, ACCESS_DENIED, sentence(kind));
            case NOT_AUTHENTICATED -> new Told(401, "invalid_token", sentence(kind));
            case FACTORS_DELAYED, JOIN_REQUESTS_FULL -> new Told(429, UNAVAILABLE, sentence(kind));
            case BUSY, VAULT_FAILED, STORAGE_FULL, STORAGE_FAILED ->
                    new Told(503, UNAVAILABLE, sentence(kind));
            case TAMPERED, INTERNAL -> new Told(500, SERVER_ERROR, sentence(kind));
            // What only our own programs run into; here it would be a fault of the server.
            case IDENTITY_CHANGED,
                    TLS_NOT_VOUCHED,
                    ACTIVATION_KEY_NOT_VOUCHED,
                    SIGNATURE_WRONG,
                    JOURNAL_BROKEN,
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
                    OUTPUT_UNWRITABLE,
                    DISK_FULL,
                    CONFIG_WRONG,
                    FOLDER_IN_USE,
                    PORT_IN_USE,
                    KEY_FILE_EXPOSED,
                    KEY_FILE_UNUSABLE ->
                    new Told(500, SERVER_ERROR, FailureKind.INTERNAL.sentence());
        };
    }

    /// Exactly the API's sentence where it has one.
    private static String sentence(FailureKind kind) {
        return switch (kind) {
            case DIGEST_LENGTH -> "Invalid digest value length";
            case DIGEST_NOT_AUTHORIZED -> "Hash is not authorized by the SAD";
            case SCHEME_REFUSED -> "Invalid parameter signAlgo";
            case SAD_UNKNOWN -> "Invalid parameter SAD";
            case SAD_EXPIRED -> "SAD expired";
            case CREDENTIAL_UNKNOWN -> "Invalid parameter credentialID";
            case CREDENTIAL_DISABLED -> "The credential identified by credentialID is disabled";
            case DEVICE_LOCKED -> "Credential locked";
            default -> kind.sentence();
        };
    }
}
