package dev.custodian.link;

import dev.custodian.core.Custody;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;

/// The numbers of closed choices on the link.
final class Codes {
    private Codes() {}

    static int of(Purpose purpose) {
        return switch (purpose) {
            case DOCUMENT -> 1;
            case LOGIN -> 2;
            case CODE -> 3;
            case CERTIFICATE_REQUEST -> throw new IllegalArgumentException("of no credential");
        };
    }

    static Purpose purpose(int code) throws MalformedException {
        return switch (code) {
            case 1 -> Purpose.DOCUMENT;
            case 2 -> Purpose.LOGIN;
            case 3 -> Purpose.CODE;
            default -> throw unknown("purpose", code);
        };
    }

    static int of(Custody custody) {
        return switch (custody) {
            case OWNER_SEALED -> 1;
            case MANAGED -> 2;
        };
    }

    static Custody custody(int code) throws MalformedException {
        return switch (code) {
            case 1 -> Custody.OWNER_SEALED;
            case 2 -> Custody.MANAGED;
            default -> throw unknown("custody", code);
        };
    }

    static int of(SessionState state) {
        return switch (state) {
            case NOT_JOINED -> 1;
            case LOGGED_OUT -> 2;
            case LOGGED_IN -> 3;
            case UNREACHABLE -> 4;
            case REMOVED -> 5;
        };
    }

    static SessionState state(int code) throws MalformedException {
        return switch (code) {
            case 1 -> SessionState.NOT_JOINED;
            case 2 -> SessionState.LOGGED_OUT;
            case 3 -> SessionState.LOGGED_IN;
            case 4 -> SessionState.UNREACHABLE;
            case 5 -> SessionState.REMOVED;
            default -> throw unknown("session state", code);
        };
    }

    static int of(KeyStore store) {
        return switch (store) {
            case TPM -> 1;
            case CARD -> 2;
        };
    }

    static KeyStore keyStore(int code) throws MalformedException {
        return switch (code) {
            case 1 -> KeyStore.TPM;
            case 2 -> KeyStore.CARD;
            default -> throw unknown("store", code);
        };
    }

    static int of(Answer.Check.Outcome outcome) {
        return switch (outcome) {
            case WELL -> 1;
            case BROKEN -> 2;
            case NOT_REACHED -> 3;
        };
    }

    static Answer.Check.Outcome outcome(int code) throws MalformedException {
        return switch (code) {
            case 1 -> Answer.Check.Outcome.WELL;
            case 2 -> Answer.Check.Outcome.BROKEN;
            case 3 -> Answer.Check.Outcome.NOT_REACHED;
            default -> throw unknown("outcome", code);
        };
    }

    static MalformedException unknown(String what, int code) {
        return new MalformedException("no " + what + " has the number " + code);
    }
}
