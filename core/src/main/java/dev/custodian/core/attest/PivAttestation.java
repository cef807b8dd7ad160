package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Secret;
import dev.custodian.core.der.DerReader;
import dev.custodian.core.der.Tag;
import dev.custodian.core.hpke.Hkdf;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// What the maker of a PIV card says about a key: it was made in the card and cannot leave it. In
/// the form of Yubico's: a certificate for the key, signed by the card's own attestation key.
///
/// @param serial the card's number
/// @param publicKey of the attested key: to be compared with the one that signs
public record PivAttestation(
        Firmware firmware,
        long serial,
        PinPolicy pinPolicy,
        TouchPolicy touchPolicy,
        PublicKey publicKey) {
    private static final byte[] LABEL = "custodian/piv/1\0".getBytes(StandardCharsets.US_ASCII);

    private static final String ARC = "1.3.6.1.4.1.41482.3.";
    private static final String FIRMWARE = ARC + 3;
    private static final String SERIAL = ARC + 7;
    private static final String POLICIES = ARC + 8;

    /// The statement, the card's certificate, two between it and the root.
    private static final int LONGEST_CHAIN = 4;

    private static final int LONGEST_CERTIFICATE = 8192;

    private static final int LONGEST_NUMBER = Long.SIZE - 1;

    /// Between these, both included, RSA keys that the card made can be factored (CVE-2017-15361).
    private static final Firmware ROCA_FIRST = new Firmware(4, 2, 6);

    private static final Firmware ROCA_LAST = new Firmware(4, 3, 4);

    private static final String NOBODY =
            "The card's attestation does not lead to a maker that is trusted here";

    /// A statement that is believed, and because of whom.
    ///
    /// @param above the certificates above the statement and below the root, the card's own first
    /// @param root whom the operator trusts
    public record Vouched(PivAttestation attestation, List<X509Certificate> above, Authority root) {
        public Vouched {
            above = List.copyOf(above);
        }

        /// As [Endorsement#vouchers]: the card's own first.
        public List<Bytes> vouchers() {
            return Chain.keys(above, root);
        }
    }

    /// Checks a chain up to one of the roots and reads the statement.
    ///
    /// @param chain DER: the statement, the card's attestation certificate (slot F9), and what is
    ///   between that and the root; without the root
    /// @param roots those that the caller believes
    /// @param at for the certificates' dates
    /// @throws NotAttestedException otherwise
    public static PivAttestation verify(
            List<Bytes> chain, Collection<X509Certificate> roots, Instant at)
            throws NotAttestedException {
        var authorities = new ArrayList<Authority>();
        for (var root : roots) {
            authorities.add(new Authority("", "", root, true, false));
        }
        return judge(chain, authorities, at).attestation();
    }

    /// The same for authorities: what is between the card and a root may be missing in the chain,
    /// since a card has no room for it, and is looked for among them. No certificate of a key that
    /// is withdrawn counts, nor one signed by SHA-1, nor one that is not valid now, the root's
    /// included: makers' roots for cards are made to last as long as the cards.
    public static Vouched judge(List<Bytes> chain, List<Authority> authorities, Instant at)
            throws NotAttestedException {
        if (chain.size() < 2 || chain.size() > LONGEST_CHAIN) {
            throw new NotAttestedException(
                    "An attestation has two to four certificates: that of the key, that of the"
                            + " card, and those of its maker.");
        }
        var certificates = new ArrayList<X509Certificate>();
        for (var one : chain) {
            certificates.add(certificate(one));
        }
        if (authorities.stream().noneMatch(Authority::root)) {
            throw new NotAttestedException("No maker of cards is trusted here: there is no root.");
        }
        var statement = certificates.getFirst();
        var above = certificates.subList(1, certificates.size());
        var way = way(statement, above, new EndorsementSteps.Trust(authorities, at));
        if (way.below().size() < 2 || !way.below().get(1).equals(above.getFirst())) {
            throw new NotAttestedException(NOBODY + ": it is not the card's own statement.");
        }
        return new Vouched(read(statement), way.below().subList(1, way.below().size()), way.root());
    }

    /// RFC 5280 §6. All but the statement have to be those of a CA: else a key that a card attested
    /// could attest others. Makers publish no revocation lists for cards.
    private static Chain.Way way(
            X509Certificate statement, List<X509Certificate> above, EndorsementSteps.Trust trust)
            throws NotAttestedException {
        try {
            return Chain.way(statement, above, trust);
        } catch (NotProvedException e) {
            throw new NotAttestedException(
                    NOBODY
                            + switch (e.flaw()) {
                                case ROOT_WITHDRAWN -> ": who vouches for it is trusted no longer.";
                                case CERTIFICATE_EXPIRED ->
                                        ": a certificate of it, or one that vouches for it, is not"
                                                + " valid now.";
                                case WEAK_SIGNATURE ->
                                        ": a certificate of it, or one that vouches for it, is"
                                                + " signed too weakly.";
                                case CHAIN_REFUSED -> ": its certificates do not fit together.";
                                default -> ".";
                            });
        }
    }

    private static X509Certificate certificate(Bytes der) throws NotAttestedException {
        try {
            return parsed(der);
        } catch (MalformedException e) {
            throw new NotAttestedException(
                    "A certificate of the attestation is damaged: " + e.getMessage() + ".");
        }
    }

    /// Reads a statement without asking who signed it.
    static PivAttestation read(Bytes statement) throws NotAttestedException {
        return read(certificate(statement));
    }

    private static X509Certificate parsed(Bytes der) throws MalformedException {
        if (der.size() > LONGEST_CERTIFICATE) {
            throw new MalformedException(Reason.SIZE, "it is too long");
        }
        try {
            var octets = der.toArray();
            // Without this the JDK takes PEM too.
            if (octets.length == 0 || octets[0] != Tag.SEQUENCE) {
                throw new MalformedException(Reason.SYNTAX, "no DER");
            }
            var certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(octets));
            if (!Bytes.of(certificate.getEncoded()).equals(der)) {
                throw new MalformedException(Reason.SPELLING, "something follows it");
            }
            return certificate;
        } catch (CertificateException e) {
            throw new MalformedException(Reason.SYNTAX, "it is none");
        }
    }

    private static PivAttestation read(X509Certificate statement) throws NotAttestedException {
        if (statement.getBasicConstraints() != -1) {
            throw new NotAttestedException(
                    "The statement is a certificate that could vouch for others: no card makes"
                            + " such a one.");
        }
        try {
            var policies = extension(statement, POLICIES);
            if (policies.size() != 2) {
                throw new MalformedException(Reason.SIZE, "not two policies");
            }
            var attestation =
                    new PivAttestation(
                            Firmware.of(extension(statement, FIRMWARE)),
                            number(extension(statement, SERIAL)),
                            PinPolicy.of(policies.at(0)),
                            TouchPolicy.of(policies.at(1)),
                            statement.getPublicKey());
            attestation.requireSound();
            return attestation;
        } catch (MalformedException e) {
            throw new NotAttestedException(
                    "The card's statement about the key is incomplete: " + e.getMessage() + ".");
        }
    }

    /// The content of the OCTET STRING that the value of an extension is in.
    private static Bytes extension(X509Certificate statement, String oid)
            throws MalformedException {
        var value = statement.getExtensionValue(oid);
        if (value == null) {
            throw new MalformedException(Reason.MEMBERS, "it has no extension " + oid);
        }
        return DerReader.only(Bytes.of(value), Tag.OCTET_STRING);
    }

    private static long number(Bytes der) throws MalformedException {
        var in = new DerReader(der);
        var number = in.integer();
        in.done();
        if (number.signum() < 0 || number.bitLength() > LONGEST_NUMBER) {
            throw new MalformedException("a serial number below zero or too long");
        }
        return number.longValueExact();
    }

    /// What is kept of the card: `HMAC-SHA256(serverKey, "custodian/piv/1" ‖ 00 ‖ u64 serial)`, for
    /// which the same holds as for [Endorsement#mark].
    public Bytes mark(Secret serverKey) {
        return Bytes.of(Hkdf.hmac(serverKey.expose(), LABEL, Bytes.u64(serial).toArray()));
    }

    private void requireSound() throws NotAttestedException {
        if (publicKey.getAlgorithm().equals("RSA")
                && firmware.compareTo(ROCA_FIRST) >= 0
                && firmware.compareTo(ROCA_LAST) <= 0) {
            throw new NotAttestedException(
                    "RSA keys that cards of firmware "
                            + firmware
                            + " made can be computed from their public half (CVE-2017-15361): use"
                            + " an EC key or another card.");
        }
    }
}
