package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.Answer;
import dev.custodian.core.attest.Challenge;
import dev.custodian.core.attest.Claim;
import dev.custodian.core.der.DerReader;
import dev.custodian.core.der.Tag;
import dev.custodian.core.publickey.PublicNumbers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A key that the TPM's maker put into it, with a certificate: by it others can be shown that a key
/// is in this TPM.
///
/// The certificate tells this device from all others for ever: it is given only to whom the user
/// agreed to show it.
///
/// ```java
/// var ek = EndorsementKey.of(tpm, random).getFirst();
/// send(ek.claim(file).encode());
/// send(ek.answer(storage, file, Challenge.decode(asked), pin).encode());
/// ```
public final class EndorsementKey {
    /// Where makers leave the certificates of those who vouch (EK Credential Profile §2.2.1.5).
    private static final int FIRST_OF_CHAIN = 0x01c00100;

    private static final int LAST_OF_CHAIN = 0x01c001ff;

    /// Persistent endorsement keys: `8101xxxx`.
    private static final int PERSISTENT = 0x81010000;

    private static final int LONGEST_PRIVATE = 2048;

    private final Tpm tpm;
    private final SecureRandom random;
    private final Bytes certificate;
    private final List<Bytes> chain;
    private final Place place;

    private EndorsementKey(
            Tpm tpm, SecureRandom random, Bytes certificate, List<Bytes> chain, Place place) {
        this.tpm = tpm;
        this.random = random;
        this.certificate = certificate;
        this.chain = chain;
        this.place = place;
    }

    /// @param handle of the key that persists; 0 when it is made anew
    private record Place(int handle, TpmPublic area) {}

    /// Those that the TPM has a certificate for, in the order of their NV indices; none in many
    /// virtual machines, and where the maker has the certificates on a server of his. To be called
    /// while no object is loaded: a key that does not persist is made to be looked at.
    ///
    /// @throws TpmException `ANOTHER_ENDORSEMENT` when there are certificates and none is for a key
    ///   that the TPM has
    public static List<EndorsementKey> of(Tpm tpm, SecureRandom random) throws IOException {
        var indices = tpm.handles(EndorsementTemplate.FIRST);
        var chain = chain(tpm, indices);
        var found = new ArrayList<EndorsementKey>();
        boolean certified = false;
        for (int index : indices) {
            var template = EndorsementTemplate.at(index);
            var certificate = template == null ? null : first(Nv.read(tpm, index));
            if (template == null || certificate == null) {
                continue;
            }
            certified = true;
            var place = place(tpm, template, key(certificate));
            if (place != null) {
                found.add(new EndorsementKey(tpm, random, certificate, chain, place));
            }
        }
        if (certified && found.isEmpty()) {
            throw TpmException.anotherEndorsement();
        }
        return List.copyOf(found);
    }

    private static List<Bytes> chain(Tpm tpm, List<Integer> indices) throws IOException {
        var chain = new ArrayList<Bytes>();
        for (int index : indices) {
            if (index < FIRST_OF_CHAIN || index > LAST_OF_CHAIN) {
                continue;
            }
            var rest = Nv.read(tpm, index);
            for (var next = first(rest); next != null; next = first(rest)) {
                rest = rest.slice(next.size(), rest.size());
                if (chain.size() < Claim.LONGEST_CHAIN) {
                    chain.add(next);
                }
            }
        }
        return List.copyOf(chain);
    }

    /// The certificate that these octets begin with: chips fill up what is left of an area. Null
    /// when they begin with none.
    static @Nullable Bytes first(Bytes octets) {
        try {
            var whole = DerReader.first(octets, Tag.SEQUENCE);
            return whole.size() <= Claim.LONGEST_CERTIFICATE ? whole : null;
        } catch (MalformedException e) {
            return null;
        }
    }

    private static @Nullable PublicKey key(Bytes certificate) {
        try {
            var in = new ByteArrayInputStream(certificate.toArray());
            return PublicNumbers.ofCertificate(
                    CertificateFactory.getInstance("X.509").generateCertificate(in).getPublicKey());
        } catch (CertificateException | MalformedException e) {
            return null;
        }
    }

    private static @Nullable Place place(
            Tpm tpm, EndorsementTemplate template, @Nullable PublicKey key) throws IOException {
        if (key == null) {
            return null;
        }
        for (int handle : tpm.handles(PERSISTENT)) {
            if ((handle & 0xffff0000) != PERSISTENT) {
                break;
            }
            var area = persistent(tpm, handle);
            if (area != null && isOf(area, key)) {
                return new Place(handle, area);
            }
        }
        try (var made = make(tpm, template.area())) {
            return isOf(made.area, key) ? new Place(0, template.area()) : null;
        }
    }

    /// Null for one of a kind that we do not read: others keep theirs there, too.
    private static @Nullable TpmPublic persistent(Tpm tpm, int handle) throws IOException {
        try {
            return tpm.readPublic(handle);
        } catch (TpmException e) {
            if (e.meaning() == Meaning.MALFORMED_ANSWER) {
                return null;
            }
            throw e;
        }
    }

    private static boolean isOf(TpmPublic area, PublicKey key) {
        try {
            return area.publicKey().equals(key);
        } catch (MalformedException e) {
            return false;
        }
    }

    /// A loaded object, flushed when closed unless it persists.
    private record Loaded(Tpm tpm, Command.Entity entity, TpmPublic area, boolean persists)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (!persists) {
                tpm.flush(entity.handle());
            }
        }
    }

    private static Loaded make(Tpm tpm, TpmPublic template) throws IOException {
        return TpmStorage.primary(
                tpm,
                Alg.ENDORSEMENT,
                template,
                (handle, area) -> new Loaded(tpm, Command.Entity.of(handle, area), area, false));
    }

    private Loaded open() throws IOException {
        return place.handle == 0
                ? make(tpm, place.area)
                : new Loaded(tpm, Command.Entity.of(place.handle, place.area), place.area, true);
    }

    /// Its certificate, DER.
    public Bytes certificate() {
        return certificate;
    }

    /// What is said of a key first.
    public Claim claim(TpmKeyFile file) {
        return new Claim(certificate, file.area().encode(), chain);
    }

    /// Answers a challenge for a key. Takes up to three places in the TPM, with that of `storage`,
    /// and leaves none taken.
    ///
    /// @param storage the parent of `file`, of this TPM
    /// @param pin null when the key has none
    /// @throws TpmException when the challenge is for another EK: `INTEGRITY`, or what the TPM says
    ///   when RSA gives nothing
    public Answer answer(
            TpmStorage storage, TpmKeyFile file, Challenge challenge, @Nullable Secret pin)
            throws IOException {
        try (var by = imported(challenge);
                var key = storage.load(file)) {
            return key.certify(by.entity, challenge.extra(), pin);
        }
    }

    /// The key of HMAC, loaded (Part 3 §13.3 and §12.2). The EK leaves its place to the key that is
    /// to be certified.
    private Loaded imported(Challenge challenge) throws IOException {
        var area = area(challenge);
        try (var ek = open()) {
            var importing =
                    new TpmWriter()
                            .sized(Bytes.EMPTY)
                            .sized(challenge.area())
                            .sized(challenge.duplicate())
                            .sized(challenge.seed())
                            .u16(Alg.NULL);
            Command.Parser<Bytes> blob = (_, in) -> in.sized("private", LONGEST_PRIVATE);
            var loading =
                    new TpmWriter()
                            .sized(using(ek, CommandCode.IMPORT, importing, blob))
                            .sized(challenge.area());
            var loaded =
                    using(
                            ek,
                            CommandCode.LOAD,
                            loading,
                            (handle, in) ->
                                    new Command.Entity(
                                            handle, in.sized("name", TpmTransport.LONGEST)));
            if (!loaded.name().equals(area.name())) {
                tpm.flush(loaded.handle());
                throw TpmException.forged(CommandCode.LOAD, "another Name");
            }
            return new Loaded(tpm, loaded, area, false);
        }
    }

    private static TpmPublic area(Challenge challenge) {
        try {
            return TpmPublic.decode(challenge.area());
        } catch (MalformedException e) {
            throw new AssertionError("a challenge's area is always of one form", e);
        }
    }

    /// EKs of the high range are for whoever shows their empty authValue, those of the low range
    /// for whoever shows that of the hierarchy.
    private <T> T using(
            Loaded ek, CommandCode code, TpmWriter parameters, Command.Parser<? extends T> parser)
            throws IOException {
        var command = Command.of(code, parameters, ek.entity);
        if (ek.area.has(Alg.USER_WITH_AUTH)) {
            return tpm.run(command, new Authorization.NoSecret(), parser);
        }
        try (var session = PolicySession.start(tpm, ek.area.nameHash(), random)) {
            return tpm.run(command, session, parser);
        }
    }
}
