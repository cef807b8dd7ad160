package dev.custodian.core;

/// What a credential is for (DESIGN §2); fixed when it is made, and mirrored in the certificate's
/// key usage.
public enum Purpose {
    /// Each batch is approved.
    DOCUMENT("document"),
    /// TLS and ssh: consent for a process and a stated time is possible.
    LOGIN("login"),
    /// Code and commits: batches; may be unattended with caps.
    CODE("code"),
    /// No purpose of a credential: an intent that signs a request for its certificate.
    CERTIFICATE_REQUEST("certificate-request");

    private final String text;

    Purpose(String text) {
        this.text = text;
    }

    public static Purpose parse(String text) throws MalformedException {
        for (var purpose : values()) {
            if (purpose.text.equals(text)) {
                return purpose;
            }
        }
        throw new MalformedException("not a purpose: document, login, code or certificate-request");
    }

    /// Whether a signature is worth nothing without a certificate. Who checks a login by ssh or a
    /// commit knows the key itself.
    public boolean needsCertificate() {
        return this == DOCUMENT;
    }

    /// The word in formats, API and command line.
    public String text() {
        return text;
    }
}
