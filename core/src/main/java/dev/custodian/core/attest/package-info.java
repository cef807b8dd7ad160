/// Whether a key is in hardware, judged from what the device sent: pure functions for whoever asks,
/// and the messages that both sides share. [PivAttestation] is for cards, [TpmAttestation] for
/// TPMs.
///
/// Clauses about TPMs are those of the TCG's TPM 2.0 Library specification, "Part 1" to "Part 3",
/// and of its EK Credential Profile; big-endian throughout. A TPM's maker gave it an endorsement
/// key (EK) and a certificate for that. Who asks makes a key of HMAC that only this EK can import,
/// and that can sign nothing but what a TPM says itself. The TPM imports it and certifies the key
/// in question with it: one question, one answer.
///
/// ```java
/// var endorsement = TpmAttestation.endorsement(claim, authorities, now);
/// try (var open = TpmAttestation.challenge(endorsement, random)) {
///     Bytes answer = ask(open.challenge().encode());
///     Proof proof = TpmAttestation.proof(open, claim.keyArea(), answer);
/// }
/// ```
@NullMarked
package dev.custodian.core.attest;

import org.jspecify.annotations.NullMarked;
