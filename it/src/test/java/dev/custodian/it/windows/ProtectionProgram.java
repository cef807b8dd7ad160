package dev.custodian.it.windows;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.FolderKey;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.Shares;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.windows.DataProtection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Objects;

/// Keeps secrets as the agent does, in a process of its own on Windows, and says what came of it.
public final class ProtectionProgram {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final KeySpec DEVICE = new KeySpec("device", KeyType.P256);

    private ProtectionProgram() {}

    /// Does them.
    ///
    /// @param arguments one command or several, with `--` between them
    public static void main(String[] arguments) throws Exception {
        for (var one : Commands.of(arguments)) {
            var folder = Path.of(one.getLast());
            switch (one.getFirst()) {
                case "seal" -> seal();
                case "make" -> make(folder);
                case "open" -> open(folder);
                case "others" -> others(folder);
                default -> throw new IllegalArgumentException(one.getFirst());
            }
        }
    }

    private static DataProtection protection() {
        return Objects.requireNonNull(DataProtection.here());
    }

    private static void seal() throws Exception {
        var protection = protection();
        var octets = new byte[32];
        RANDOM.nextBytes(octets);
        var plain = Bytes.of(octets);
        byte[] sealed;
        try (var secret = Secret.owning(octets)) {
            sealed = protection.seal("purpose", secret);
        }
        int refused = 0;
        int others = 0;
        for (int at = 0; at < sealed.length; at++) {
            var changed = sealed.clone();
            changed[at] ^= 1;
            try (var opened = protection.open("purpose", changed)) {
                others += Bytes.of(opened.expose()).equals(plain) ? 0 : 1;
            } catch (IOException e) {
                refused++;
            }
        }
        System.out.println("changed octets that were refused: " + refused);
        System.out.println("changed octets that opened to something else: " + others);
        System.out.println(
                "sealed holds the secret: " + Bytes.of(sealed).hex().contains(plain.hex()));
        try {
            protection.open("another purpose", sealed).close();
            System.out.println("another purpose: opened");
        } catch (IOException e) {
            System.out.println("another purpose: " + e.getMessage());
        }
        try (var opened = protection.open("purpose", sealed)) {
            System.out.println("the right purpose: " + Bytes.of(opened.expose()).equals(plain));
        }
    }

    /// A folder with a device key and a share, sealed for the login.
    private static void make(Path folder) throws Exception {
        try (var key = FolderKey.create(folder, protection(), RANDOM);
                var share = Shares.in(folder, RANDOM, key).create("device")) {
            var keys = SoftwareStore.in(folder, key);
            keys.create(DEVICE).close();
            say(share);
            try {
                keys.create(DEVICE).close();
                System.out.println("second key: made");
            } catch (DeviceException e) {
                System.out.println("second key: " + e.sentences());
            }
        }
    }

    private static void say(Secret share) {
        System.out.println("share " + Hashes.sha256(Bytes.of(share.expose())).hex());
    }

    private static void open(Path folder) throws Exception {
        try (var key = FolderKey.open(folder, protection(), RANDOM);
                var share = Shares.in(folder, RANDOM, key).load("device")) {
            SoftwareStore.in(folder, key)
                    .open(new KeyUri.SoftwareFile(folder.toAbsolutePath().resolve("device.p8")))
                    .close();
            say(share);
            System.out.println(key.verdict().sentence());
        } catch (Refused e) {
            System.out.println(e.kind().id() + " " + e.sentences());
        } catch (DeviceException e) {
            System.out.println(e.refused().kind().id() + " " + e.refused().sentences());
        }
    }

    /// A folder that is made as any program makes one; where it is, Wine lets everybody in.
    private static void others(Path folder) throws Exception {
        Files.createDirectory(folder);
        try {
            Shares.in(folder, RANDOM);
            System.out.println("others may enter");
        } catch (Refused e) {
            System.out.println(e.kind().id() + " " + e.sentences());
        }
    }
}
