package dev.custodian.link;

import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Purpose;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/// Makes a message of its fields.
final class MessageReader {
    private MessageReader() {}

    static Message read(int type, FieldReader in) throws MalformedException {
        return switch (type) {
            case MessageType.HELLO ->
                    new Request.Hello(
                            in.text("program", 1, Limits.NAME),
                            in.text("version", 1, Limits.VERSION));
            case MessageType.LIST -> new Request.ListCredentials(purposes(in), after(in));
            case MessageType.GET -> new Request.GetCredential(in.text("name", 1, Limits.NAME));
            case MessageType.SIGN -> sign(in);
            case MessageType.CANCEL -> new Request.Cancel();
            case MessageType.STATUS -> new Request.Status();
            case MessageType.DOCTOR -> new Request.Doctor();
            case MessageType.SYNC -> new Request.Sync();
            case MessageType.CONSENT -> consentRequest(in);
            case MessageType.ENROL -> enrolRequest(in);
            case MessageType.SESSION -> sessionRequest(in);
            case MessageType.DEVICE -> deviceRequest(in);
            case MessageType.PIN -> new Request.ChangePin(in.limit());
            case MessageType.UNSYNC -> new Request.Unsync();
            case MessageType.STORE -> storeRequest(in);
            case MessageType.HELLO | MessageType.ANSWER ->
                    new Answer.Welcome(
                            in.text("version", 1, Limits.VERSION),
                            Codes.state(in.u8("session state")));
            case MessageType.LIST | MessageType.ANSWER -> credentials(in);
            case MessageType.GET | MessageType.ANSWER -> new Answer.OneCredential(in.credential());
            case MessageType.SIGN | MessageType.ANSWER ->
                    new Answer.Signatures(
                            in.list(
                                    "signatures",
                                    1,
                                    Request.Sign.MOST,
                                    item -> item.bytes("signature", 1, Answer.Signatures.LONGEST)));
            case MessageType.STATUS | MessageType.ANSWER ->
                    new Answer.Standing(
                            Codes.state(in.u8("session state")),
                            in.list("lines", 0, Answer.Standing.MOST, MessageReader::line));
            case MessageType.DOCTOR | MessageType.ANSWER ->
                    new Answer.Diagnosis(
                            in.list("checks", 0, Answer.Diagnosis.MOST, MessageReader::check));
            case MessageType.SYNC | MessageType.ANSWER -> new Answer.Synced(in.u32("credentials"));
            case MessageType.CONSENT | MessageType.ANSWER -> consentAnswer(in);
            case MessageType.ENROL | MessageType.ANSWER -> enrolAnswer(in);
            case MessageType.SESSION | MessageType.ANSWER ->
                    new Answer.Session(Codes.state(in.u8("session state")));
            case MessageType.DEVICE | MessageType.ANSWER -> deviceAnswer(in);
            case MessageType.PIN | MessageType.ANSWER -> new Answer.PinChanged();
            case MessageType.UNSYNC | MessageType.ANSWER -> new Answer.Unsynced();
            case MessageType.STORE | MessageType.ANSWER ->
                    new Answer.Told(in.list("lines", 0, Answer.Told.MOST, MessageReader::line));
            case MessageType.FAILURE -> failure(in);
            default -> throw Codes.unknown("message", type);
        };
    }

    /// In rising order, so that a set has one spelling.
    private static Set<Purpose> purposes(FieldReader in) throws MalformedException {
        var codes = in.list("purposes", 1, 3, item -> item.u8("purpose"));
        var purposes = EnumSet.noneOf(Purpose.class);
        int last = 0;
        for (int code : codes) {
            purposes.add(Codes.purpose(code));
            if (code <= last) {
                throw new MalformedException(Reason.SPELLING, "purposes out of order");
            }
            last = code;
        }
        return purposes;
    }

    private static String after(FieldReader in) throws MalformedException {
        var after = in.text("after", 0, Limits.NAME);
        return after.isEmpty() ? after : Id.parse(Id.Kind.CREDENTIAL, after).text();
    }

    private static Request sign(FieldReader in) throws MalformedException {
        var credential = in.text("credential", 1, Limits.NAME);
        var scheme = in.scheme();
        int length = scheme.scheme().hash().length();
        var digests =
                in.list(
                        "digests",
                        1,
                        Request.Sign.MOST,
                        item -> item.bytes("digest", length, length));
        var context =
                new Request.Context(
                        in.u64("window"),
                        in.text("title", 0, Limits.TEXT),
                        in.text("document", 0, Limits.TEXT));
        return new Request.Sign(
                credential, scheme, digests, context, in.flag("silent"), in.limit());
    }

    private static Request consentRequest(FieldReader in) throws MalformedException {
        int what = in.u8("part of consent");
        return switch (what) {
            case MessageType.CONSENT_LIST -> new Request.ListConsents();
            case MessageType.CONSENT_GRANT ->
                    new Request.GrantConsent(
                            in.text("credential", 1, Limits.NAME),
                            in.flag("process given")
                                    ? in.number("process", in.u32("process"), 1, Limits.U32)
                                    : 0,
                            (int) in.number("count", in.u16("count"), 1, Request.GrantConsent.MOST),
                            Duration.ofSeconds(
                                    in.number(
                                            "seconds",
                                            in.u32("seconds"),
                                            1,
                                            Request.GrantConsent.A_DAY.toSeconds())),
                            in.limit());
            case MessageType.CONSENT_FORGET -> new Request.ForgetConsent(in.id(Id.Kind.CONSENT));
            default -> throw Codes.unknown("part of consent", what);
        };
    }

    private static Answer credentials(FieldReader in) throws MalformedException {
        var page = in.list("credentials", 0, Answer.Credentials.MOST, FieldReader::credential);
        for (int i = 1; i < page.size(); i++) {
            if (page.get(i - 1).id().compareTo(page.get(i).id()) >= 0) {
                throw new MalformedException(Reason.SPELLING, "credentials out of order");
            }
        }
        boolean more = in.flag("more");
        if (more && page.isEmpty()) {
            throw new MalformedException("an empty page that is not the last");
        }
        return new Answer.Credentials(page, more);
    }

    private static Answer.Line line(FieldReader in) throws MalformedException {
        return new Answer.Line(in.text("what", 1, Limits.NAME), in.text("text", 0, Limits.TEXT));
    }

    private static Answer.Check check(FieldReader in) throws MalformedException {
        return new Answer.Check(
                in.text("what", 1, Limits.NAME),
                Codes.outcome(in.u8("outcome")),
                in.text("sentence", 0, Limits.TEXT),
                in.text("next step", 0, Limits.TEXT));
    }

    private static Answer consentAnswer(FieldReader in) throws MalformedException {
        int what = in.u8("part of consent");
        return switch (what) {
            case MessageType.CONSENT_LIST ->
                    new Answer.Consents(
                            in.list("consents", 0, Answer.Consents.MOST, FieldReader::consent));
            case MessageType.CONSENT_GRANT -> new Answer.Granted(in.consent());
            case MessageType.CONSENT_FORGET -> new Answer.Forgotten();
            default -> throw Codes.unknown("part of consent", what);
        };
    }

    private static Request enrolRequest(FieldReader in) throws MalformedException {
        int what = in.u8("part of enrol");
        return switch (what) {
            case MessageType.ENROL_JOIN ->
                    new Request.Join(
                            in.text("invitation", 1, Request.Join.LONGEST_ADDRESS),
                            in.text("name", 1, Limits.NAME),
                            in.limit());
            case MessageType.ENROL_RECOVER ->
                    new Request.Recover(
                            in.text("address", 0, Request.Join.LONGEST_ADDRESS),
                            in.text("name", 1, Limits.NAME),
                            in.limit());
            default -> throw Codes.unknown("part of enrol", what);
        };
    }

    private static Answer enrolAnswer(FieldReader in) throws MalformedException {
        int what = in.u8("part of enrol");
        return switch (what) {
            case MessageType.ENROLLED ->
                    new Answer.Enrolled(in.id(Id.Kind.OWNER), in.id(Id.Kind.DEVICE));
            case MessageType.WAITING ->
                    new Answer.Waiting(
                            in.text("number", 0, Answer.Waiting.LONGEST_NUMBER), in.time());
            default -> throw Codes.unknown("part of enrol", what);
        };
    }

    private static Request sessionRequest(FieldReader in) throws MalformedException {
        int what = in.u8("part of session");
        return switch (what) {
            case MessageType.SESSION_LOGIN -> new Request.Login();
            case MessageType.SESSION_LOGOUT -> new Request.Logout();
            default -> throw Codes.unknown("part of session", what);
        };
    }

    private static Request deviceRequest(FieldReader in) throws MalformedException {
        int what = in.u8("part of device");
        return switch (what) {
            case MessageType.DEVICE_LIST -> new Request.ListDevices();
            case MessageType.DEVICE_APPROVE ->
                    new Request.ApproveDevice(in.id(Id.Kind.DEVICE), in.limit());
            case MessageType.DEVICE_REFUSE -> new Request.RefuseDevice(in.id(Id.Kind.DEVICE));
            case MessageType.DEVICE_REMOVE ->
                    new Request.RemoveDevice(in.id(Id.Kind.DEVICE), in.limit());
            case MessageType.DEVICE_STOP_RECOVERY -> new Request.StopRecovery(in.limit());
            default -> throw Codes.unknown("part of device", what);
        };
    }

    private static Answer deviceAnswer(FieldReader in) throws MalformedException {
        int what = in.u8("part of device");
        return switch (what) {
            case MessageType.DEVICE_LIST ->
                    new Answer.Devices(
                            in.text("address", 1, Request.Join.LONGEST_ADDRESS),
                            in.list("devices", 0, Answer.Devices.MOST, FieldReader::device),
                            in.list("waiting", 0, Answer.Devices.MOST, FieldReader::newDevice),
                            in.optionalTime());
            case MessageType.DEVICE_CHANGED -> new Answer.DevicesChanged();
            default -> throw Codes.unknown("part of device", what);
        };
    }

    private static Request storeRequest(FieldReader in) throws MalformedException {
        int what = in.u8("part of store");
        return switch (what) {
            case MessageType.STORE_LIST -> new Request.ListStores();
            case MessageType.STORE_CREATE ->
                    new Request.CreateKey(
                            Codes.keyStore(in.u8("store")),
                            in.text("name", 1, Request.CreateKey.LONGEST_NAME),
                            in.limit());
            case MessageType.STORE_SHOW -> new Request.ShowKey(in.text("key", 1, Limits.TEXT));
            case MessageType.STORE_DELETE ->
                    new Request.DeleteKey(in.text("key", 1, Limits.TEXT), in.limit());
            default -> throw Codes.unknown("part of store", what);
        };
    }

    private static Answer failure(FieldReader in) throws MalformedException {
        int number = (int) in.number("number", in.u16("number"), 1, 0xffff);
        var id = in.text("id", 1, Answer.Failure.LONGEST_ID);
        if (!Answer.Failure.agree(number, id)) {
            throw new MalformedException("number and id of two kinds of failure");
        }
        return new Answer.Failure(
                number,
                id,
                in.text("sentence", 1, Limits.TEXT),
                in.text("next step", 0, Limits.TEXT));
    }
}
