package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import java.time.Instant;
import java.util.List;

/// Rows for tests, told apart by a number.
public final class Samples {
    public static final Instant NOW = Instant.parse("2026-11-24T12:00:00.123Z");

    private Samples() {}

    public static Id id(Id.Kind kind, int n) {
        return Id.of(kind, Hashes.sha256(Bytes.utf8(kind + " " + n)).slice(0, 16));
    }

    public static Id owner(int n) {
        return id(Id.Kind.OWNER, n);
    }

    public static Id credential(int n) {
        return id(Id.Kind.CREDENTIAL, n);
    }

    public static Id device(int n) {
        return id(Id.Kind.DEVICE, n);
    }

    /// 32 octets.
    public static Bytes hash(String of) {
        return Hashes.sha256(Bytes.utf8(of));
    }

    public static NewDigest digest(String of) {
        return new NewDigest(hash(of), HashAlgorithm.SHA256);
    }

    public static InnerKey key(Id credential) {
        return credentialRow(credential, owner(1)).innerKey(Bytes.utf8("inner"));
    }

    public static OwnerRow ownerRow(Id owner) {
        return new OwnerRow(
                owner,
                "Ann",
                hash("public"),
                hash("mac"),
                1,
                hash("salt").slice(0, 16),
                Bytes.utf8("seal"),
                hash("factors"),
                0,
                Instant.EPOCH,
                NOW);
    }

    public static DeviceRow deviceRow(Id device, Id owner) {
        return new DeviceRow(
                device,
                owner,
                id(Id.Kind.SLOT, 1),
                "laptop",
                Bytes.utf8("spki"),
                hash("share"),
                Bytes.utf8("box"),
                DeviceRow.State.ACTIVE,
                0,
                Instant.EPOCH,
                NOW);
    }

    public static CredentialRow credentialRow(Id credential, Id owner) {
        return new CredentialRow(
                credential,
                owner,
                Purpose.DOCUMENT,
                Custody.OWNER_SEALED,
                KeyAlgorithm.P256,
                hash("spki of " + credential),
                Bytes.utf8("{}"),
                1,
                Origin.HSM,
                "embedded",
                "master-1",
                "aes-256-gcm",
                Bytes.utf8("outer"),
                List.of(),
                NOW);
    }

    public static AuthorizationRow authorizationRow(int n, Id credential) {
        return new AuthorizationRow(
                0,
                id(Id.Kind.AUTHORIZATION, n),
                hash("intent " + n),
                hash("sad " + n),
                owner(1),
                credential,
                device(1).text(),
                Level.BOUND,
                List.of("device", "pin"),
                7,
                NOW.plusSeconds(300),
                opening("opening"));
    }

    public static Opening opening(String sealed) {
        return new Opening("embedded", "master-1", "aes-256-gcm", Bytes.utf8(sealed));
    }
}
