package dev.custodian.device;

import dev.custodian.device.login.LoginException;
import dev.custodian.device.login.LoginException.Meaning;
import java.io.IOException;
import java.nio.file.Path;

/// What is wrong with the keyring of a login, in the words of [DeviceFailure]: the whole table.
final class LoginFailures {
    private LoginFailures() {}

    static DeviceFailure of(Meaning meaning) {
        return switch (meaning) {
            case ABSENT -> DeviceFailure.STORE_ABSENT;
            case LOCKED -> DeviceFailure.STORE_SEALED;
            case SILENT -> DeviceFailure.STORE_SILENT;
            case GONE -> DeviceFailure.STORE_GONE;
            case ITEM_GONE -> DeviceFailure.KEY_FOREIGN;
            case CHANGED -> DeviceFailure.KEY_DAMAGED;
            case LIED -> DeviceFailure.STORE_LIED;
            case REFUSED -> DeviceFailure.STORE_BROKEN;
        };
    }

    static DeviceException of(LoginException e) {
        return new DeviceException(
                of(e.meaning()),
                0,
                "The keyring of your login (Secret Service): " + e.getMessage() + ".",
                e);
    }

    /// What a person is told who has the file and not what opens it.
    static DeviceException of(Path file, IOException e) {
        if (!(e instanceof LoginException told)) {
            return new DeviceException(
                    DeviceFailure.KEY_DAMAGED,
                    0,
                    file
                            + " was sealed for another user's login or on another machine, or is"
                            + " damaged ("
                            + e.getMessage()
                            + "). Move the folder away, then join or recover anew.",
                    e);
        }
        var said =
                "The keyring of your login (Secret Service) opens "
                        + file
                        + ": "
                        + told.getMessage();
        var step =
                switch (told.meaning()) {
                    case ABSENT, GONE, SILENT, REFUSED, LIED ->
                            "Start the keyring of this desktop, then try again. Nothing is lost as"
                                    + " long as the keyring is not.";
                    case LOCKED -> "Unlock the keyring, then try again.";
                    case ITEM_GONE, CHANGED ->
                            "Bring back the keyring, and the folder, from a backup of the same day;"
                                    + " where there is none, move the folder away, then join or"
                                    + " recover anew.";
                };
        return new DeviceException(of(told.meaning()), 0, said + ". " + step, e);
    }
}
