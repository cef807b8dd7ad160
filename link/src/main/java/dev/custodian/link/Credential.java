package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import java.util.List;

/// A credential as the agent's key ring knows it.
///
/// @param name by which programs ask for it, 1 to 256 octets
/// @param publicKey SubjectPublicKeyInfo in DER, 1 to 2048 octets
/// @param chain certificates in DER, at most [#LONGEST_CHAIN] of 1 to 16,384 octets, end entity
///   first; empty before it is certified
public record Credential(
        String name,
        Id id,
        KeyAlgorithm algorithm,
        Bytes publicKey,
        List<Bytes> chain,
        Purpose purpose,
        Custody custody) {
    public static final int LONGEST_CHAIN = 16;

    static final int LONGEST_KEY = 2048;
    static final int LONGEST_CERTIFICATE = 16_384;

    public Credential {
        Limits.text("name", name, 1, Limits.NAME);
        id.require(Id.Kind.CREDENTIAL);
        Limits.require(
                publicKey.size() >= 1 && publicKey.size() <= LONGEST_KEY, "size of the public key");
        chain = List.copyOf(chain);
        Limits.require(chain.size() <= LONGEST_CHAIN, "length of the chain");
        for (var certificate : chain) {
            Limits.require(
                    certificate.size() >= 1 && certificate.size() <= LONGEST_CERTIFICATE,
                    "size of a certificate");
        }
        Limits.require(purpose != Purpose.CERTIFICATE_REQUEST, "no credential has that purpose");
    }
}
