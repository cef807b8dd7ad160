package dev.custodian.agent.p11;

import dev.custodian.agent.p11.rpc.Function;
import dev.custodian.agent.p11.rpc.RpcWriter;
import dev.custodian.core.Bytes;

/// What library, slot and token say of themselves.
final class Description {
    private static final String NAME = "Custodian";
    private static final long UNAVAILABLE = -1;

    /// `CKF_TOKEN_PRESENT`, `CKF_REMOVABLE_DEVICE`: browsers look again for certificates in what is
    /// removable only.
    private static final long SLOT_FLAGS = 0x1 | 0x2;

    /// `CKF_RNG`, `CKF_WRITE_PROTECTED`, `CKF_USER_PIN_INITIALIZED`, `CKF_TOKEN_INITIALIZED`. No
    /// `CKF_LOGIN_REQUIRED`: the prompt asks, and no program.
    private static final long TOKEN_FLAGS = 0x1 | 0x2 | 0x8 | 0x400;

    private Description() {}

    static Bytes library() {
        return RpcWriter.to(Function.GET_INFO)
                .version(2, 40)
                .text(NAME, 32)
                .number(0)
                .text("Keys on the Custodian server", 32)
                .version(0, 1)
                .done();
    }

    static Bytes slot() {
        return RpcWriter.to(Function.GET_SLOT_INFO)
                .text("Custodian agent", 64)
                .text(NAME, 32)
                .number(SLOT_FLAGS)
                .version(0, 1)
                .version(0, 1)
                .done();
    }

    static Bytes token(int sessions) {
        return RpcWriter.to(Function.GET_TOKEN_INFO)
                .text(NAME, 32)
                .text(NAME, 32)
                .text("agent", 16)
                .text("1", 16)
                .number(TOKEN_FLAGS)
                .number(Application.MOST_SESSIONS)
                .number(sessions)
                .number(Application.MOST_SESSIONS)
                .number(UNAVAILABLE)
                .number(0)
                .number(0)
                .number(UNAVAILABLE)
                .number(UNAVAILABLE)
                .number(UNAVAILABLE)
                .number(UNAVAILABLE)
                .version(0, 1)
                .version(0, 1)
                .text("", 16)
                .done();
    }
}
