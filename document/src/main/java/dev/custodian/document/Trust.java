package dev.custodian.document;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a verification believes. Nothing else is asked, and nothing is fetched.
///
/// @param anchors roots to which a signer's certificate may lead
/// @param revocationLists where a revoked certificate would be named; empty when there are none to
///   ask
/// @param test whether the roots are test roots, which the report then says
public record Trust(List<X509Certificate> anchors, List<X509CRL> revocationLists, boolean test) {
    public Trust {
        anchors = List.copyOf(anchors);
        revocationLists = List.copyOf(revocationLists);
    }
}
