package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// A device that is enrolled with a fake server.
final class Pairing implements AutoCloseable {
    static final Patience FEW = new Patience(4, _ -> {});
    static final List<Shown> SHOWN =
            List.of(new Shown("document", "contract.pdf", Shown.Source.COMPUTED));

    final FakeServer server;
    final EphemeralKey device = FakeServer.newKey();
    final Bytes share;
    final Memory memory;
    String pin = "246810";
    int asked;
    DeviceSession session;

    Pairing(FakeServer server, Path folder) throws Exception {
        this.server = server;
        this.share = server.random(32);
        this.memory = Memory.begin(folder.resolve("memory"), enrol().remembered());
        this.session = newSession();
    }

    private Enrolment.Enrolled enrol() throws Refused {
        var enrolment =
                new Enrolment(
                        server.invitation(), device, Clock.systemUTC(), new SecureRandom(), FEW);
        try (var given = Secret.owning(share.toArray());
                var typed = Pin.of(pin.toCharArray())) {
            return enrolment.enrol(given, typed, List.of());
        }
    }

    DeviceSession newSession() throws Refused {
        var known = memory.now();
        var pinned = PinnedServer.meet(known.server(), known.thumbprint(), Clock.systemUTC());
        return new DeviceSession(pinned, memory, device, new SecureRandom(), FEW, null);
    }

    Journal journal() {
        return new Journal(session);
    }

    Signing.Signed sign(Scheme scheme, String... messages) throws Exception {
        return sign(SignatureScheme.of(scheme), messages);
    }

    Signing.Signed sign(SignatureScheme scheme, String... messages) throws Exception {
        return sign(request(scheme, messages));
    }

    Signing.Signed sign(Signing.Request request) throws Refused {
        return new Signing(session, journal(), new SecureRandom())
                .sign(
                        request,
                        _ -> {
                            asked++;
                            return new FactorSource.Given(
                                    Pin.of(pin.toCharArray()), Secret.owning(share.toArray()));
                        });
    }

    Signing.Request request(SignatureScheme scheme, String... messages) throws Exception {
        var rsa = scheme.scheme().family() == dev.custodian.core.KeyAlgorithm.Family.RSA;
        var credential = new Credentials(session).info(rsa ? server.behind.rsa : server.behind.ec);
        var digests = new java.util.ArrayList<dev.custodian.core.intent.Matter.Digest>();
        for (var message : messages) {
            digests.add(server.behind.digest(scheme.scheme().hash(), message));
        }
        return new Signing.Request(credential, scheme, digests, SHOWN);
    }

    Bytes digest(String message) throws Exception {
        return server.behind.digest(HashAlgorithm.SHA256, message).value();
    }

    static void refused(FailureKind kind, String sentence, ThrowingCallable what) {
        Assertions.assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(
                        refusal -> {
                            Assertions.assertThat(refusal.kind())
                                    .as(refusal.getMessage())
                                    .isEqualTo(kind);
                            Assertions.assertThat(refusal.detail()).contains(sentence);
                        });
    }

    @Override
    public void close() {
        session.close();
        server.close();
    }
}
