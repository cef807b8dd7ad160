package dev.custodian.link;

import dev.custodian.core.Bytes;

/// The fields of each message, in their order.
final class MessageWriter {
    private MessageWriter() {}

    static Bytes write(Message message) {
        var out = new FieldWriter();
        switch (message) {
            case Request request -> write(request, out);
            case Answer answer -> write(answer, out);
        }
        return out.written();
    }

    private static void write(Request request, FieldWriter out) {
        switch (request) {
            case Request.Hello(var program, var version) -> out.text(program).text(version);
            case Request.ListCredentials(var purposes, var after) ->
                    out.list(purposes.stream().map(Codes::of).sorted().toList(), FieldWriter::u8)
                            .text(after);
            case Request.GetCredential(var name) -> out.text(name);
            case Request.Sign sign -> write(sign, out);
            case Request.Cancel(),
                    Request.Status(),
                    Request.Doctor(),
                    Request.Sync(),
                    Request.Unsync() -> {}
            case Request.ListConsents() -> out.u8(MessageType.CONSENT_LIST);
            case Request.GrantConsent(
                            var credential,
                            var process,
                            var count,
                            var lasting,
                            var limit) -> {
                out.u8(MessageType.CONSENT_GRANT).text(credential).flag(process != 0);
                if (process != 0) {
                    out.u32(process);
                }
                out.u16(count).u32(lasting.toSeconds()).u32(limit.toMillis());
            }
            case Request.ForgetConsent(var consent) ->
                    out.u8(MessageType.CONSENT_FORGET).text(consent.text());
            case Request.Join(var invitation, var name, var limit) ->
                    out.u8(MessageType.ENROL_JOIN)
                            .text(invitation)
                            .text(name)
                            .u32(limit.toMillis());
            case Request.Recover(var address, var name, var limit) ->
                    out.u8(MessageType.ENROL_RECOVER)
                            .text(address)
                            .text(name)
                            .u32(limit.toMillis());
            case Request.Login() -> out.u8(MessageType.SESSION_LOGIN);
            case Request.Logout() -> out.u8(MessageType.SESSION_LOGOUT);
            case Request.ListDevices() -> out.u8(MessageType.DEVICE_LIST);
            case Request.ApproveDevice(var device, var limit) ->
                    out.u8(MessageType.DEVICE_APPROVE).text(device.text()).u32(limit.toMillis());
            case Request.RefuseDevice(var device) ->
                    out.u8(MessageType.DEVICE_REFUSE).text(device.text());
            case Request.RemoveDevice(var device, var limit) ->
                    out.u8(MessageType.DEVICE_REMOVE).text(device.text()).u32(limit.toMillis());
            case Request.StopRecovery(var limit) ->
                    out.u8(MessageType.DEVICE_STOP_RECOVERY).u32(limit.toMillis());
            case Request.ChangePin(var limit) -> out.u32(limit.toMillis());
            case Request.ListStores() -> out.u8(MessageType.STORE_LIST);
            case Request.CreateKey(var store, var name, var limit) ->
                    out.u8(MessageType.STORE_CREATE)
                            .u8(Codes.of(store))
                            .text(name)
                            .u32(limit.toMillis());
            case Request.ShowKey(var key) -> out.u8(MessageType.STORE_SHOW).text(key);
            case Request.DeleteKey(var key, var limit) ->
                    out.u8(MessageType.STORE_DELETE).text(key).u32(limit.toMillis());
        }
    }

    private static void write(Request.Sign sign, FieldWriter out) {
        out.text(sign.credential())
                .u8(sign.scheme().scheme().id())
                .u16(sign.scheme().saltLength())
                .list(sign.digests(), FieldWriter::bytes)
                .u64(sign.context().window())
                .text(sign.context().title())
                .text(sign.context().document())
                .flag(sign.silent())
                .u32(sign.limit().toMillis());
    }

    private static void write(Answer answer, FieldWriter out) {
        switch (answer) {
            case Answer.Welcome(var version, var state) -> out.text(version).u8(Codes.of(state));
            case Answer.Credentials(var page, var more) ->
                    out.list(page, FieldWriter::credential).flag(more);
            case Answer.OneCredential(var credential) -> out.credential(credential);
            case Answer.Signatures(var signatures) -> out.list(signatures, FieldWriter::bytes);
            case Answer.Standing(var state, var lines) ->
                    out.u8(Codes.of(state))
                            .list(lines, (to, line) -> to.text(line.what()).text(line.text()));
            case Answer.Diagnosis(var checks) ->
                    out.list(
                            checks,
                            (to, check) ->
                                    to.text(check.what())
                                            .u8(Codes.of(check.outcome()))
                                            .text(check.sentence())
                                            .text(check.nextStep()));
            case Answer.Synced(var credentials) -> out.u32(credentials);
            case Answer.Consents(var consents) ->
                    out.u8(MessageType.CONSENT_LIST).list(consents, FieldWriter::consent);
            case Answer.Granted(var consent) -> out.u8(MessageType.CONSENT_GRANT).consent(consent);
            case Answer.Forgotten() -> out.u8(MessageType.CONSENT_FORGET);
            case Answer.Enrolled(var owner, var device) ->
                    out.u8(MessageType.ENROLLED).text(owner.text()).text(device.text());
            case Answer.Waiting(var number, var until) ->
                    out.u8(MessageType.WAITING).text(number).text(until.toString());
            case Answer.Session(var state) -> out.u8(Codes.of(state));
            case Answer.Devices(var address, var devices, var waiting, var recovery) ->
                    out.u8(MessageType.DEVICE_LIST)
                            .text(address)
                            .list(devices, FieldWriter::device)
                            .list(waiting, FieldWriter::newDevice)
                            .optionalTime(recovery);
            case Answer.DevicesChanged() -> out.u8(MessageType.DEVICE_CHANGED);
            case Answer.PinChanged(), Answer.Unsynced() -> {}
            case Answer.Told(var lines) ->
                    out.list(lines, (to, line) -> to.text(line.what()).text(line.text()));
            case Answer.Failure(var number, var id, var sentence, var nextStep) ->
                    out.u16(number).text(id).text(sentence).text(nextStep);
        }
    }
}
