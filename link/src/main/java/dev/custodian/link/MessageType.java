package dev.custodian.link;

/// The numbers of messages; an answer has that of its request and [#ANSWER].
final class MessageType {
    static final int HELLO = 1;
    static final int LIST = 2;
    static final int GET = 3;
    static final int SIGN = 4;
    static final int CANCEL = 5;
    static final int STATUS = 6;
    static final int DOCTOR = 7;
    static final int SYNC = 8;

    /// Its first field is one of the next three.
    static final int CONSENT = 9;

    static final int CONSENT_LIST = 1;
    static final int CONSENT_GRANT = 2;
    static final int CONSENT_FORGET = 3;

    static final int ANSWER = 0x80;
    static final int FAILURE = 0xff;

    private MessageType() {}

    static int of(Message message) {
        return switch (message) {
            case Request.Hello _ -> HELLO;
            case Request.ListCredentials _ -> LIST;
            case Request.GetCredential _ -> GET;
            case Request.Sign _ -> SIGN;
            case Request.Cancel _ -> CANCEL;
            case Request.Status _ -> STATUS;
            case Request.Doctor _ -> DOCTOR;
            case Request.Sync _ -> SYNC;
            case Request.ListConsents _ -> CONSENT;
            case Request.GrantConsent _ -> CONSENT;
            case Request.ForgetConsent _ -> CONSENT;
            case Answer.Welcome _ -> HELLO | ANSWER;
            case Answer.Credentials _ -> LIST | ANSWER;
            case Answer.OneCredential _ -> GET | ANSWER;
            case Answer.Signatures _ -> SIGN | ANSWER;
            case Answer.Standing _ -> STATUS | ANSWER;
            case Answer.Diagnosis _ -> DOCTOR | ANSWER;
            case Answer.Synced _ -> SYNC | ANSWER;
            case Answer.Consents _ -> CONSENT | ANSWER;
            case Answer.Granted _ -> CONSENT | ANSWER;
            case Answer.Forgotten _ -> CONSENT | ANSWER;
            case Answer.Failure _ -> FAILURE;
        };
    }
}
