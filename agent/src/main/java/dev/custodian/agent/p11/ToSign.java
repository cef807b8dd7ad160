package dev.custodian.agent.p11;

import dev.custodian.agent.p11.rpc.Ckr;
import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm.Family;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What a program hands over to be signed, in pieces or at once, until it is a digest.
sealed interface ToSign {
    /// A digest and how it becomes a signature.
    ///
    /// @param ours whether we computed it
    record Ready(SignatureScheme scheme, Bytes digest, boolean ours) {}

    void add(Bytes piece) throws Rejected;

    /// Nothing is added any more.
    Ready ready() throws Rejected;

    /// `CKM_SHA256_RSA_PKCS` and the like: the message itself.
    final class Message implements ToSign {
        private final SignatureScheme scheme;
        private final MessageDigest digest;

        Message(Scheme scheme, int salt) {
            this.scheme = new SignatureScheme(scheme, salt);
            this.digest = digester(scheme.hash());
        }

        @Override
        public void add(Bytes piece) {
            digest.update(piece.toArray());
        }

        @Override
        public Ready ready() {
            return new Ready(scheme, Bytes.of(digest.digest()), true);
        }
    }

    /// `CKM_RSA_PKCS`: a DigestInfo (RFC 8017 §9.2), in DER and with NULL parameters. Anything else
    /// would be signed without anybody knowing what it is.
    final class DigestInfo implements ToSign {
        private final FewOctets octets = new FewOctets();

        @Override
        public void add(Bytes piece) throws Rejected {
            octets.add(piece);
        }

        @Override
        public Ready ready() throws Rejected {
            var info = octets.all();
            for (var hash : HashAlgorithm.values()) {
                var prefix = hash.digestInfoPrefix();
                int size = prefix.size();
                if (info.size() == size + hash.length() && info.slice(0, size).equals(prefix)) {
                    return new Ready(
                            SignatureScheme.of(Scheme.plain(Family.RSA, hash)),
                            info.slice(size, info.size()),
                            false);
                }
            }
            throw new Rejected(Ckr.DATA_INVALID);
        }
    }

    /// `CKM_RSA_PKCS_PSS`: a digest whose hash the parameter names.
    final class PssDigest implements ToSign {
        private final SignatureScheme scheme;
        private final FewOctets octets = new FewOctets();

        PssDigest(Scheme scheme, int salt) {
            this.scheme = new SignatureScheme(scheme, salt);
        }

        @Override
        public void add(Bytes piece) throws Rejected {
            octets.add(piece);
        }

        @Override
        public Ready ready() throws Rejected {
            if (octets.all().size() != scheme.scheme().hash().length()) {
                throw new Rejected(Ckr.DATA_LEN_RANGE);
            }
            return new Ready(scheme, octets.all(), false);
        }
    }

    /// `CKM_ECDSA`: a digest whose hash its length tells.
    final class EcDigest implements ToSign {
        private final FewOctets octets = new FewOctets();

        @Override
        public void add(Bytes piece) throws Rejected {
            octets.add(piece);
        }

        @Override
        public Ready ready() throws Rejected {
            for (var hash : HashAlgorithm.values()) {
                if (octets.all().size() == hash.length()) {
                    return new Ready(
                            SignatureScheme.of(Scheme.plain(Family.EC, hash)), octets.all(), false);
                }
            }
            throw new Rejected(Ckr.DATA_LEN_RANGE);
        }
    }

    /// A few octets, such as a digest.
    final class FewOctets {
        private static final int MOST = 128;

        private Bytes octets = Bytes.EMPTY;

        void add(Bytes piece) throws Rejected {
            if (piece.size() > MOST - octets.size()) {
                throw new Rejected(Ckr.DATA_LEN_RANGE);
            }
            octets = Bytes.concat(octets, piece);
        }

        Bytes all() {
            return octets;
        }
    }

    /// One that computes this hash.
    static MessageDigest digester(HashAlgorithm hash) {
        try {
            return MessageDigest.getInstance(hash.jca());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-2", e);
        }
    }
}
