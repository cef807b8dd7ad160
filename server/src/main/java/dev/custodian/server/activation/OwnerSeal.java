package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Hpke;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.vault.Vault;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

/// `outer` of FORMATS §4: a credential's wrapped key sealed to its owner, so that a registrar can
/// make it and not use it, and an operator can neither move it to another owner nor loosen its
/// policy unnoticed.
public final class OwnerSeal {
    private static final Bytes INFO = Bytes.utf8("custodian/key/1");
    private static final String MAC = "custodian/owner/1";

    private OwnerSeal() {}

    /// Whether an owner's public key is the one that was enrolled.
    public static boolean isEnrolled(Vault vault, OwnerRow owner) {
        var data = Bytes.join(Bytes.utf8(owner.id().text()), owner.publicKey());
        return vault.isMac(MAC, data, owner.publicKeyMac());
    }

    /// The MAC that ties an owner's public key to the vault.
    public static Bytes publicKeyMac(Vault vault, Id owner, Bytes publicKey) {
        return vault.mac(MAC, Bytes.join(Bytes.utf8(owner.text()), publicKey));
    }

    /// Seals `inner`; refuses an owner whose public key is not the one that was enrolled.
    public static Bytes seal(
            Vault vault,
            OwnerRow owner,
            Id credential,
            Bytes spki,
            Purpose purpose,
            Bytes policy,
            Bytes inner,
            SecureRandom random)
            throws Refused {
        if (!isEnrolled(vault, owner)) {
            throw new Refused(FailureKind.TAMPERED, "The owner's public key was changed.");
        }
        try {
            var aad = aad(credential, spki, owner.id(), purpose, policy);
            return Hpke.seal(owner.publicKey(), INFO, aad, inner.toArray(), random);
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.TAMPERED, "The owner's public key is none.");
        }
    }

    /// Frees `inner` with the owner's key; refuses a row whose owner, purpose, policy or public key
    /// was changed.
    static Secret open(OwnerKey owner, CredentialRow row) throws Refused {
        var aad = aad(row.id(), row.spki(), row.owner(), row.purpose(), row.policy());
        try {
            return Hpke.open(owner.privateKey(), row.key(), INFO, aad);
        } catch (GeneralSecurityException e) {
            throw new Refused(
                    FailureKind.TAMPERED,
                    "The credential's owner, purpose, policy or key was changed.");
        }
    }

    /// Seals another form of the key to the owner who has just opened the row.
    static Bytes reseal(OwnerKey owner, CredentialRow row, InnerKey newer, SecureRandom random)
            throws GeneralSecurityException {
        var aad = aad(row.id(), row.spki(), row.owner(), row.purpose(), row.policy());
        return Hpke.seal(owner.publicKey(), INFO, aad, newer.inner().toArray(), random);
    }

    private static Bytes aad(Id credential, Bytes spki, Id owner, Purpose purpose, Bytes policy) {
        return Bytes.join(
                Bytes.utf8(credential.text()),
                Hashes.sha256(spki),
                Bytes.utf8(owner.text()),
                Bytes.utf8(purpose.text()),
                Hashes.sha256(policy));
    }
}
