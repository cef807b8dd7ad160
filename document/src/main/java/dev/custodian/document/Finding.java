package dev.custodian.document;

/// What one check of a signature found, with a sentence for a person.
public record Finding(Check check, Outcome outcome, String sentence) {
    /// The checks in their order. One that fails so that later ones mean nothing is the last.
    public enum Check {
        /// The octets that the signature covers are the file's, all but the signature itself.
        RANGE,
        /// There is one well-formed CMS signature by one signer.
        FORM,
        /// The covered octets have the digest that was signed.
        DIGEST,
        /// The signature is by the key of the certificate.
        SIGNATURE,
        /// What was signed names this certificate (signing-certificate-v2).
        SIGNING_CERTIFICATE,
        /// The certificate is meant for documents.
        KEY_USAGE,
        /// The certificate is valid, now and at the claimed time.
        VALIDITY,
        /// The certificate leads to a given root.
        PATH,
        /// The certificate was not revoked.
        REVOCATION
    }

    /// What came out.
    public enum Outcome {
        HOLDS,
        FAILS,
        UNKNOWN
    }

    static Finding holds(Check check, String sentence) {
        return new Finding(check, Outcome.HOLDS, sentence);
    }

    static Finding fails(Check check, String sentence) {
        return new Finding(check, Outcome.FAILS, sentence);
    }

    static Finding unknown(Check check, String sentence) {
        return new Finding(check, Outcome.UNKNOWN, sentence);
    }
}
