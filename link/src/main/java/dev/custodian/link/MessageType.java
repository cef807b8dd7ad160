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

    /// Its first field is one of the next two; an answer's, [#ENROLLED] or [#WAITING].
    static final int ENROL = 10;

    static final int ENROL_JOIN = 1;
    static final int ENROL_RECOVER = 2;
    static final int ENROLLED = 1;
    static final int WAITING = 2;

    /// Its first field is one of the next two.
    static final int SESSION = 11;

    static final int SESSION_LOGIN = 1;
    static final int SESSION_LOGOUT = 2;

    /// Its first field is one of the next five; an answer's, [#DEVICE_LIST] or [#DEVICE_CHANGED].
    static final int DEVICE = 12;

    static final int DEVICE_LIST = 1;
    static final int DEVICE_APPROVE = 2;
    static final int DEVICE_REFUSE = 3;
    static final int DEVICE_REMOVE = 4;
    static final int DEVICE_STOP_RECOVERY = 5;
    static final int DEVICE_CHANGED = 2;

    static final int PIN = 13;
    static final int UNSYNC = 14;

    /// Its first field is one of the next four.
    static final int STORE = 15;

    static final int STORE_LIST = 1;
    static final int STORE_CREATE = 2;
    static final int STORE_SHOW = 3;
    static final int STORE_DELETE = 4;

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
            case Request.Join _ -> ENROL;
            case Request.Recover _ -> ENROL;
            case Request.Login _ -> SESSION;
            case Request.Logout _ -> SESSION;
            case Request.ListDevices _ -> DEVICE;
            case Request.ApproveDevice _ -> DEVICE;
            case Request.RefuseDevice _ -> DEVICE;
            case Request.RemoveDevice _ -> DEVICE;
            case Request.StopRecovery _ -> DEVICE;
            case Request.ChangePin _ -> PIN;
            case Request.Unsync _ -> UNSYNC;
            case Request.ListStores _ -> STORE;
            case Request.CreateKey _ -> STORE;
            case Request.ShowKey _ -> STORE;
            case Request.DeleteKey _ -> STORE;
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
            case Answer.Enrolled _ -> ENROL | ANSWER;
            case Answer.Waiting _ -> ENROL | ANSWER;
            case Answer.Session _ -> SESSION | ANSWER;
            case Answer.Devices _ -> DEVICE | ANSWER;
            case Answer.DevicesChanged _ -> DEVICE | ANSWER;
            case Answer.PinChanged _ -> PIN | ANSWER;
            case Answer.Unsynced _ -> UNSYNC | ANSWER;
            case Answer.Told _ -> STORE | ANSWER;
            case Answer.Failure _ -> FAILURE;
        };
    }
}
