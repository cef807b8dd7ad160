package dev.custodian.agent.p11.rpc;

import org.jspecify.annotations.Nullable;

/// The calls that we answer: number, and what the values of request and answer are, in the words of
/// the protocol, which both sides compare.
public enum Function {
    ERROR(0, "", "u"),
    INITIALIZE(1, "ayyay", ""),
    FINALIZE(2, "", ""),
    GET_INFO(3, "", "vsusv"),
    GET_SLOT_LIST(4, "yfu", "au"),
    GET_SLOT_INFO(5, "u", "ssuvv"),
    GET_TOKEN_INFO(6, "u", "ssssuuuuuuuuuuuvvs"),
    GET_MECHANISM_LIST(7, "ufu", "au"),
    GET_MECHANISM_INFO(8, "uu", "uuu"),
    OPEN_SESSION(10, "uu", "u"),
    CLOSE_SESSION(11, "u", ""),
    CLOSE_ALL_SESSIONS(12, "u", ""),
    GET_SESSION_INFO(13, "u", "uuuu"),
    LOGIN(18, "uuay", ""),
    LOGOUT(19, "u", ""),
    GET_ATTRIBUTE_VALUE(24, "uufA", "aAu"),
    FIND_OBJECTS_INIT(26, "uaA", ""),
    FIND_OBJECTS(27, "ufu", "au"),
    FIND_OBJECTS_FINAL(28, "u", ""),
    DIGEST_INIT(37, "uM", ""),
    DIGEST(38, "uayfy", "ay"),
    DIGEST_UPDATE(39, "uay", ""),
    DIGEST_FINAL(41, "ufy", "ay"),
    SIGN_INIT(42, "uMu", ""),
    SIGN(43, "uayfy", "ay"),
    SIGN_UPDATE(44, "uay", ""),
    SIGN_FINAL(45, "ufy", "ay"),
    GENERATE_RANDOM(64, "ufy", "ay");

    private final int number;
    private final String request;
    private final String answer;

    Function(int number, String request, String answer) {
        this.number = number;
        this.request = request;
        this.answer = answer;
    }

    static @Nullable Function ofNumber(int number) {
        for (var function : values()) {
            if (function.number == number && function != ERROR) {
                return function;
            }
        }
        return null;
    }

    int number() {
        return number;
    }

    String request() {
        return request;
    }

    String answer() {
        return answer;
    }
}
