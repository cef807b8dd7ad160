package dev.custodian.it;

import dev.custodian.client.Consent;
import dev.custodian.client.Consents;
import dev.custodian.client.Credential;
import dev.custodian.client.Credentials;
import dev.custodian.client.DeviceSession;
import dev.custodian.client.DeviceSigner;
import dev.custodian.client.Enrolment;
import dev.custodian.client.FactorSource;
import dev.custodian.client.Journal;
import dev.custodian.client.Memory;
import dev.custodian.client.Pin;
import dev.custodian.client.SessionFile;
import dev.custodian.client.Signing;
import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.device.DeviceException;
import dev.custodian.device.Shares;
import dev.custodian.device.UnsealedKeys;
import dev.custodian.document.PdfSigning;
import dev.custodian.document.SigningRequest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// An owner's machine: device key, share and memory in a folder, and the PIN in somebody's head.
public final class OwnerDevice {
    public static final String PIN = "plover 27 vetch 49";

    /// As the agent names key and share.
    private static final String NAME = "device";

    private final Path folder;
    private final SecureRandom random;
    private final DeviceSigner signer;
    private final Shares shares;
    private final Memory memory;

    private OwnerDevice(
            Path folder, SecureRandom random, DeviceSigner signer, Shares shares, Memory memory) {
        this.folder = folder;
        this.random = random;
        this.signer = signer;
        this.shares = shares;
        this.memory = memory;
    }

    /// Enrols as a new owner with [#PIN].
    public static OwnerDevice enrol(Invitation invitation, Path folder) throws Refused {
        return enrol(invitation, folder, PIN, new SecureRandom());
    }

    private static DeviceSigner signer(Path folder) throws Refused {
        try {
            return new StoredKeySigner(UnsealedKeys.in(folder).create(NAME));
        } catch (DeviceException e) {
            throw e.refused();
        }
    }

    /// Enrols as a new owner.
    ///
    /// @param folder where key, share and memory are kept
    static OwnerDevice enrol(Invitation invitation, Path folder, String typed, SecureRandom random)
            throws Refused {
        return enrol(invitation, folder, signer(folder), typed, random);
    }

    /// Enrols as a new owner with [#PIN] and a device key that is kept elsewhere.
    public static OwnerDevice enrol(Invitation invitation, Path folder, DeviceSigner signer)
            throws Refused {
        return enrol(invitation, folder, signer, PIN, new SecureRandom());
    }

    private static OwnerDevice enrol(
            Invitation invitation,
            Path folder,
            DeviceSigner signer,
            String typed,
            SecureRandom random)
            throws Refused {
        var shares = Shares.in(folder, random);
        try (var share = shares.create(NAME);
                var pin = pin(typed)) {
            var enrolled =
                    new Enrolment(invitation, signer, Clock.systemUTC(), random)
                            .enrol(share, pin, List.of(shown("device", NAME)));
            return new OwnerDevice(
                    folder,
                    random,
                    signer,
                    shares,
                    Memory.begin(folder.resolve("memory"), enrolled.remembered()));
        }
    }

    private static Secret pin(String typed) throws Refused {
        return Pin.of(typed.toCharArray());
    }

    private static Shown shown(String what, String text) {
        return new Shown(what, text, Shown.Source.COMPUTED);
    }

    public Id owner() {
        return memory.now().owner();
    }

    public Memory memory() {
        return memory;
    }

    DeviceSigner signer() {
        return signer;
    }

    /// The file with the share, 32 octets.
    public Path shareFile() {
        return folder.resolve(NAME + ".share");
    }

    Secret share() throws Refused {
        return shares.load(NAME);
    }

    public DeviceSession session() throws Refused {
        return DeviceSession.open(memory, signer, Clock.systemUTC(), random);
    }

    /// A session whose login is kept in this file, and begun by the caller.
    public DeviceSession session(Path file) throws Refused {
        return DeviceSession.open(memory, signer, Clock.systemUTC(), random, SessionFile.at(file));
    }

    /// Signs digests with the PIN that somebody types.
    public Signing.Signed sign(DeviceSession session, Id credential, String pin, Bytes... digests)
            throws Refused {
        var with = new Credentials(session).info(credential);
        return sign(session, with, pin, List.of(digests));
    }

    private Signing.Signed sign(
            DeviceSession session, Credential with, String pin, List<Bytes> digests)
            throws Refused {
        return new Signing(session, new Journal(session), random)
                .sign(request(with, digests), _ -> new FactorSource.Given(pin(pin), share()));
    }

    private static Signing.Request request(Credential with, List<Bytes> digests) {
        return new Signing.Request(
                with,
                scheme(with),
                digests.stream().map(one -> new Matter.Digest(one, "")).toList(),
                List.of(shown("document", "a test")));
    }

    /// Gives a consent with the PIN, for an hour.
    Consent consent(DeviceSession session, Id credential, int count) throws Refused {
        var request =
                new Consents.Request(
                        new Credentials(session).info(credential),
                        count,
                        session.now().plus(Duration.ofHours(1)),
                        "process:1:1",
                        List.of(shown("program", "a test")));
        return new Consents(session, new Journal(session), random)
                .grant(request, _ -> new FactorSource.Given(pin(PIN), share()));
    }

    /// Signs a digest under a consent.
    Signing.Signed sign(DeviceSession session, Credential with, Consent consent, Bytes digest)
            throws Refused {
        return new Signing(session, new Journal(session), random)
                .sign(request(with, List.of(digest)), consent);
    }

    /// Signs a PDF; returns the digest that travelled.
    Bytes signPdf(DeviceSession session, Id credential, Path input, Path output) throws Refused {
        var with = new Credentials(session).info(credential);
        var prepared =
                PdfSigning.prepare(
                        new SigningRequest(
                                input,
                                output,
                                with.chain(),
                                scheme(with),
                                Clock.systemUTC().instant()));
        var signed = sign(session, with, PIN, List.of(prepared.digestToSign()));
        prepared.complete(signed.signatures().getFirst());
        return prepared.digestToSign();
    }

    static SignatureScheme scheme(Credential with) {
        return SignatureScheme.of(Scheme.plain(with.algorithm().family(), HashAlgorithm.SHA256));
    }
}
