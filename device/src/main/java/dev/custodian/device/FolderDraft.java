package dev.custodian.device;

import dev.custodian.core.Secret;
import dev.custodian.device.login.LoginException;
import dev.custodian.device.login.LoginSeal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// How a [FolderKey] that has no file yet gets one.
sealed interface FolderDraft {
    /// What goes into the file.
    byte[] file(Secret key) throws DeviceException;

    /// Does the same, and leaves nothing.
    void tryOut(Secret key) throws DeviceException;

    /// The file did not come to be.
    void drop(byte[] file);

    /// Under a passphrase, which is not kept.
    final class Passphrase implements FolderDraft {
        private final byte[] sealed;

        Passphrase(byte[] sealed) {
            this.sealed = sealed;
        }

        @Override
        public byte[] file(Secret key) {
            return sealed.clone();
        }

        @Override
        public void tryOut(Secret key) {}

        @Override
        public void drop(byte[] file) {}
    }

    /// For the login.
    final class Login implements FolderDraft {
        private final byte[] head;
        private final String purpose;
        private final LoginSeal login;

        Login(byte[] head, String purpose, LoginSeal login) {
            this.head = head;
            this.purpose = purpose;
            this.login = login;
        }

        @Override
        public byte[] file(Secret key) throws DeviceException {
            try {
                var sealed = login.seal(purpose, key);
                return ByteBuffer.allocate(head.length + sealed.length)
                        .put(head)
                        .put(sealed)
                        .array();
            } catch (IOException e) {
                throw told(e);
            }
        }

        @Override
        public void tryOut(Secret key) throws DeviceException {
            try {
                var sealed = login.seal(purpose, key);
                try (var again = login.open(purpose, sealed)) {
                    if (!again.equals(key)) {
                        throw new DeviceException(DeviceFailure.STORE_LIED);
                    }
                } finally {
                    login.forget(sealed);
                }
            } catch (IOException e) {
                throw told(e);
            }
        }

        private static DeviceException told(IOException e) {
            return e instanceof LoginException keyring
                    ? LoginFailures.of(keyring)
                    : new DeviceException(
                            DeviceFailure.KEY_DAMAGED,
                            0,
                            "The device key cannot be sealed for your login: " + e.getMessage(),
                            e);
        }

        @Override
        public void drop(byte[] file) {
            try {
                login.forget(Arrays.copyOfRange(file, head.length, file.length));
            } catch (IOException e) {
                // something is left over that opens nothing
            }
        }
    }
}
