package dev.custodian.device.jca;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;

/// What a certificate is to be for (RFC 5280 §4.2.1.3 and §4.2.1.12).
public enum CertificatePurpose {
    TLS_CLIENT("1.3.6.1.5.5.7.3.2"),
    TLS_SERVER("1.3.6.1.5.5.7.3.1"),
    CODE("1.3.6.1.5.5.7.3.3"),
    MAIL("1.3.6.1.5.5.7.3.4"),
    /// RFC 9336.
    DOCUMENT("1.3.6.1.5.5.7.3.36");

    private static final String ANY = "2.5.29.37.0";

    private final String extended;

    CertificatePurpose(String extended) {
        this.extended = extended;
    }

    /// Whether a certificate allows it: one that says nothing allows everything. Documents and mail
    /// may be signed with `nonRepudiation` alone.
    public boolean isAllowedBy(X509Certificate certificate) {
        var usage = certificate.getKeyUsage();
        boolean binds = this == DOCUMENT || this == MAIL;
        if (usage != null && !usage[0] && !(binds && usage[1])) {
            return false;
        }
        try {
            var named = certificate.getExtendedKeyUsage();
            return named == null || named.contains(extended) || named.contains(ANY);
        } catch (CertificateParsingException e) {
            return false;
        }
    }
}
