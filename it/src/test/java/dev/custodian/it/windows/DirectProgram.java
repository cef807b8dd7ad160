package dev.custodian.it.windows;

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
import dev.custodian.client.Signing;
import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/// A Windows program that is a device itself and asks the server for signatures as the agent does,
/// with no agent, pipe or library between. It is told an invitation, says its owner, is told a
/// credential of P-256, says `ready`, and then for each line `THREADS CALLS` how long each call
/// took, in ns.
final class DirectProgram {
    private static final String PIN = "274913";
    private static final int SHARE = 32;

    private final SecureRandom random = new SecureRandom();
    private final DeviceSession session;
    private final Credential credential;
    private final Consent consent;

    /// A device key in memory.
    private record MemorySigner(KeyPair pair) implements DeviceSigner {
        static MemorySigner make() throws GeneralSecurityException {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return new MemorySigner(generator.generateKeyPair());
        }

        @Override
        public ECPublicKey publicKey() {
            return (ECPublicKey) pair.getPublic();
        }

        @Override
        public Bytes sign(Bytes message) {
            try {
                var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
                signature.initSign(pair.getPrivate());
                signature.update(message.toArray());
                return Bytes.of(signature.sign());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private DirectProgram(DeviceSession session, Credential credential, Secret share)
            throws Exception {
        this.session = session;
        this.credential = credential;
        this.consent =
                new Consents(session, new Journal(session), random)
                        .grant(
                                new Consents.Request(
                                        credential,
                                        Matter.MOST,
                                        session.now().plus(Duration.ofHours(1)),
                                        "process:1:1",
                                        shown()),
                                _ -> new FactorSource.Given(Pin.of(PIN.toCharArray()), share));
    }

    public static void main(String[] args) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var random = new SecureRandom();
        var signer = MemorySigner.make();
        var octets = new byte[SHARE];
        random.nextBytes(octets);
        var share = Secret.owning(octets);
        var clock = Clock.systemUTC();
        Enrolment.Enrolled enrolled;
        try (var pin = Pin.of(PIN.toCharArray())) {
            enrolled =
                    new Enrolment(Invitation.parse(in.readLine()), signer, clock, random)
                            .enrol(share, pin, List.of());
        }
        var memory = Memory.begin(Path.of(args[0], "memory"), enrolled.remembered());
        System.out.println(enrolled.owner().text());
        var id = Id.parse(Id.Kind.CREDENTIAL, in.readLine());
        try (var session = DeviceSession.open(memory, signer, clock, random)) {
            var program = new DirectProgram(session, new Credentials(session).info(id), share);
            System.out.println("ready");
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var words = line.split(" ", 2);
                System.out.println(
                        program.took(Integer.parseInt(words[0]), Integer.parseInt(words[1])));
            }
        }
        System.exit(0);
    }

    private static List<Shown> shown() {
        return List.of(new Shown("program", "it", Shown.Source.REPORTED));
    }

    private String took(int threads, int calls) throws Exception {
        try (var pool = Executors.newFixedThreadPool(threads)) {
            Callable<List<Long>> part = () -> signEach(calls / threads);
            var all = new ArrayList<Long>();
            for (var one : pool.invokeAll(Collections.nCopies(threads, part))) {
                all.addAll(one.get());
            }
            return all.stream().map(String::valueOf).collect(Collectors.joining(" "));
        }
    }

    private List<Long> signEach(int count) throws Exception {
        var took = new ArrayList<Long>();
        for (int i = 0; i < count; i++) {
            var digest = new byte[HashAlgorithm.SHA256.length()];
            random.nextBytes(digest);
            var request =
                    new Signing.Request(
                            credential,
                            SignatureScheme.of(Scheme.ECDSA_SHA256),
                            List.of(new Matter.Digest(Bytes.of(digest), "")),
                            shown());
            long began = System.nanoTime();
            new Signing(session, new Journal(session), random).sign(request, consent);
            took.add(System.nanoTime() - began);
        }
        return took;
    }
}
