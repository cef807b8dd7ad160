package dev.custodian.core.attest;

import static dev.custodian.core.attest.TpmAttestation.read;
import static dev.custodian.core.attest.TpmAttestation.require;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.hpke.Hkdf;

/// The judgement of an answer, step by step: each takes what the one before has proved, so that
/// none is left out. What a TPM says is not looked at before it is known that the TPM said it.
final class AnswerSteps {
    private static final int SIZE = 32;

    private AnswerSteps() {}

    static Step1 of(OpenChallenge open, Bytes keyArea, Bytes answer) {
        return new Step1(new Asked(open, keyArea), answer);
    }

    /// What the answer is to be about.
    record Asked(OpenChallenge open, Bytes keyArea) {}

    /// It is an answer.
    record Step1(Asked asked, Bytes octets) {
        Step2 next() throws NotProvedException {
            return new Step2(asked, read(Flaw.ANSWER_MALFORMED, () -> Answer.decode(octets)));
        }
    }

    /// It is authenticated by HMAC with SHA-256 (Part 2 §11.3.3).
    record Step2(Asked asked, Answer answer) {
        Step3 next() throws NotProvedException {
            var scheme = Bytes.concat(Fields.u16(KeyArea.HMAC), Fields.u16(KeyArea.SHA256));
            var signature = answer.signature();
            require(
                    signature.size() == scheme.size() + SIZE
                            && signature.slice(0, scheme.size()).equals(scheme),
                    Flaw.ANSWER_SCHEME);
            return new Step3(asked, answer, signature.slice(scheme.size(), signature.size()));
        }
    }

    /// The TPM that could import the key signed it: `HMAC(k, SHA256(attest))` (Part 3 §18.2: a key
    /// signs the digest, also this one).
    record Step3(Asked asked, Answer answer, Bytes mac) {
        Step4 next() throws NotProvedException {
            var digest = Hashes.sha256(answer.attest()).toArray();
            var right = Bytes.of(Hkdf.hmac(asked.open.key().expose(), digest));
            require(right.equalsConstantTime(mac), Flaw.ANSWER_FORGED);
            return new Step4(asked, answer);
        }
    }

    /// The TPM made it, and was not given it (Part 1 §31.2).
    record Step4(Asked asked, Answer answer) {
        Step5 next() throws NotProvedException {
            var attest = read(Flaw.ANSWER_MALFORMED, () -> Attest.decode(answer.attest()));
            require(attest.magic() == Attest.GENERATED, Flaw.NOT_OF_A_TPM);
            return new Step5(asked, attest);
        }
    }

    /// It certifies an object.
    record Step5(Asked asked, Attest attest) {
        Step6 next() throws NotProvedException {
            require(attest.type() == Attest.CERTIFY, Flaw.NOT_A_KEY);
            var name = read(Flaw.ANSWER_MALFORMED, attest::certified);
            return new Step6(asked, attest, name);
        }
    }

    /// It names this question.
    record Step6(Asked asked, Attest attest, Bytes name) {
        Step7 next() throws NotProvedException {
            require(attest.extra().equals(asked.open.challenge().extra()), Flaw.ANOTHER_QUESTION);
            return new Step7(asked, name);
        }
    }

    /// The object is the key that was shown.
    record Step7(Asked asked, Bytes name) {
        Step8 next() throws NotProvedException {
            var area = read(Flaw.KEY_MALFORMED, () -> KeyArea.decode(asked.keyArea));
            require(area.name().equals(name), Flaw.ANOTHER_KEY);
            return new Step8(asked.open.endorsement(), area);
        }
    }

    /// It was made in this TPM, cannot leave it, and signs what it is given (Part 2 §8.3).
    record Step8(Endorsement endorsement, KeyArea area) {
        Step9 next() throws NotProvedException {
            require(area.has(KeyArea.FIXED_TPM), Flaw.KEY_NOT_FIXED_TO_TPM);
            require(area.has(KeyArea.FIXED_PARENT), Flaw.KEY_NOT_FIXED_TO_PARENT);
            require(area.has(KeyArea.SENSITIVE_DATA_ORIGIN), Flaw.KEY_FROM_OUTSIDE);
            require(area.has(KeyArea.SIGN), Flaw.KEY_SIGNS_NOT);
            require(!area.has(KeyArea.RESTRICTED), Flaw.KEY_RESTRICTED);
            return new Step9(endorsement, area);
        }
    }

    /// It is of a kind that is used here.
    record Step9(Endorsement endorsement, KeyArea area) {
        Proof proof() throws NotProvedException {
            return read(
                    Flaw.KEY_ALGORITHM,
                    () ->
                            new Proof(
                                    endorsement,
                                    area.algorithm(),
                                    Bytes.of(area.publicKey().getEncoded())));
        }
    }
}
