package dev.custodian.core.intent;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;

/// What an intent approves: its `kind` and the members that belong to it.
public sealed interface Matter {
    /// Most digests in one approval, and most signatures under one consent.
    int MOST = 4000;

    /// Signatures over these digests, once each.
    ///
    /// @param hashOid the hash they were made with; empty when the caller cannot know it
    /// @param digests distinct, 1 to [#MOST]; the order means nothing
    record Sign(Id credential, Purpose purpose, String hashOid, List<Digest> digests)
            implements Matter {
        public Sign {
            credential.require(Id.Kind.CREDENTIAL);
            digests = List.copyOf(digests);
            var values = new HashSet<Bytes>();
            if (digests.isEmpty() || digests.size() > MOST) {
                throw new IllegalArgumentException(
                        "1 to " + MOST + " digests, not " + digests.size());
            }
            for (var digest : digests) {
                if (!values.add(digest.value)) {
                    throw new IllegalArgumentException("a digest twice");
                }
                if (!fits(hashOid, digest.value.size())) {
                    throw new IllegalArgumentException("a digest that is not as long as its hash");
                }
                if (purpose == Purpose.CERTIFICATE_REQUEST && !digest.isOfLabel()) {
                    throw new IllegalArgumentException("a digest of another certificate request");
                }
            }
        }

        private static boolean fits(String hashOid, int size) {
            for (var hash : HashAlgorithm.values()) {
                if (hash.length() == size && (hashOid.isEmpty() || hash.oid().equals(hashOid))) {
                    return true;
                }
            }
            return false;
        }
    }

    /// A digest and, where there is something to say, its label.
    ///
    /// @param label empty when absent; for a certificate request, its DER in base64url
    record Digest(Bytes value, String label) {
        /// Whether this is the digest of what the label holds, so that no other digest hides under
        /// the name of a certificate request.
        private boolean isOfLabel() {
            try {
                var request = Bytes.fromBase64Url(label).toArray();
                for (var hash : HashAlgorithm.values()) {
                    if (hash.length() == value.size()) {
                        var digest = MessageDigest.getInstance(hash.jca()).digest(request);
                        return request.length > 0 && Bytes.of(digest).equals(value);
                    }
                }
                return false;
            } catch (MalformedException e) {
                return false;
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has SHA-2", e);
            }
        }
    }

    /// At most `count` signatures until a time, for whom `subject` says (FORMATS §6).
    record Consent(Id credential, Purpose purpose, int count, Instant until, String subject)
            implements Matter {
        public Consent {
            credential.require(Id.Kind.CREDENTIAL);
            int most = most(purpose);
            if (most == 0) {
                throw new IllegalArgumentException("no consent for the purpose " + purpose.text());
            }
            if (count < 1 || count > most) {
                throw new IllegalArgumentException(
                        "consent to 1 to " + most + " signatures, not " + count);
            }
        }

        /// How many signatures of a purpose consent can be given to; 0 for none. Documents are
        /// approved one by one, but for programs that sign each of them twice.
        public static int most(Purpose purpose) {
            return switch (purpose) {
                case LOGIN, CODE -> MOST;
                case DOCUMENT -> 2;
                case CERTIFICATE_REQUEST -> 0;
            };
        }
    }

    /// A change of the owner's factors, devices or policy.
    ///
    /// @param what a [ChangeKind], or another word
    /// @param subject what it is about: a device's or a credential's id; empty when it is the owner
    /// @param after what it becomes: a thumbprint or a hash; empty when there is nothing to say
    record Change(String what, String subject, String after) implements Matter {}

    /// A newcomer's or a further device's enrolment.
    ///
    /// @param codeHash H(CODE) of the invitation, 32 octets; [#NO_CODE] for a further device
    record Enrol(Bytes codeHash, DeviceJwk jwk) implements Matter {
        /// H of nothing: a further device comes without CODE.
        public static final Bytes NO_CODE = Hashes.sha256(Bytes.EMPTY);

        public Enrol {
            if (codeHash.size() != 32) {
                throw new IllegalArgumentException("H(CODE) has 32 octets");
            }
        }
    }
}
