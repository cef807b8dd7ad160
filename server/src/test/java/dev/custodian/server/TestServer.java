package dev.custodian.server;

import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.config.Config;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.owner.Invitations;
import dev.custodian.server.vault.Passphrase;
import dev.custodian.server.vault.Vault;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/// A server as it ships, in this process and on loopback, with a clock that stands and a vault that
/// counts. What the operator's commands do is done beside it, over the same files.
final class TestServer implements AutoCloseable {
    final TestClock clock = new TestClock();
    final AtomicInteger signings = new AtomicInteger();
    final SecureRandom random = new SecureRandom();
    final Foundation foundation;
    final Server server;
    private final Journal journal;

    private TestServer(Path folder, UnaryOperator<String> edit) throws Exception {
        var made =
                Setup.make(folder, "127.0.0.1", 0, "", "kind = \"embedded\"", Passphrase.in(null));
        Files.writeString(made.config(), edit.apply(Files.readString(made.config())));
        var config = Config.read(made.config());
        foundation = Foundation.open(config);
        var parts =
                new Parts(
                        foundation.parts().store(),
                        counting(foundation.parts().vault()),
                        clock,
                        random,
                        UnaryOperator.identity());
        server = Server.start(config, foundation.keys(), parts);
        journal = Server.journal(foundation.keys(), parts, "operator");
    }

    static TestServer start(Path folder) throws Exception {
        return start(folder, UnaryOperator.identity());
    }

    /// @param edit of its configuration
    static TestServer start(Path folder, UnaryOperator<String> edit) throws Exception {
        return new TestServer(folder.resolve("data"), edit);
    }

    private Vault counting(Vault vault) {
        return (Vault)
                Proxy.newProxyInstance(
                        Vault.class.getClassLoader(),
                        new Class<?>[] {Vault.class},
                        (_, method, args) -> {
                            if (method.getName().equals("sign")) {
                                signings.incrementAndGet();
                            }
                            return method.invoke(vault, args);
                        });
    }

    URI url() {
        return server.url();
    }

    Invitation invite() throws Exception {
        return new Invitations(journal, clock, random)
                .invite(url(), foundation.keys().thumbprint(), "Ada Lovelace");
    }

    /// A new owner on a new device.
    TestAgent enrol() throws Exception {
        return enrolled(new TestAgent(url(), clock));
    }

    TestAgent enrolled(TestAgent agent) throws Exception {
        agent.enrol(invite());
        return agent;
    }

    /// A certified credential for signing documents.
    Id credential(Id owner, KeyAlgorithm algorithm) throws Exception {
        var made = create(owner, algorithm);
        certify(made, 365);
        return made.credential();
    }

    /// A certified credential for logging in.
    Id login(Id owner) throws Exception {
        var made = create(owner, KeyAlgorithm.P256, Purpose.LOGIN);
        certify(made, 365);
        return made.credential();
    }

    Registrar.Made create(Id owner, KeyAlgorithm algorithm) throws Exception {
        return create(owner, algorithm, Purpose.DOCUMENT);
    }

    Registrar.Made create(Id owner, KeyAlgorithm algorithm, Purpose purpose) throws Exception {
        return registrar()
                .create(
                        new Registrar.Order(
                                owner,
                                purpose,
                                Custody.OWNER_SEALED,
                                algorithm,
                                new Policy(Level.BOUND, 10),
                                "CN=Ada Lovelace"));
    }

    X509Certificate certify(Registrar.Made made, int days) throws Exception {
        var request = new PKCS10CertificationRequest(made.request().toArray());
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        var now = clock.instant();
        var builder =
                new X509v3CertificateBuilder(
                        new X500Name("CN=Test CA"),
                        BigInteger.valueOf(7),
                        Date.from(now.minusSeconds(3600)),
                        Date.from(now.plusSeconds(days * 86_400L)),
                        request.getSubject(),
                        request.getSubjectPublicKeyInfo());
        var signer =
                new JcaContentSignerBuilder("SHA256withECDSA")
                        .build(generator.generateKeyPair().getPrivate());
        var certificate = new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        registrar().certify(List.of(certificate));
        return certificate;
    }

    private Registrar registrar() {
        var parts = foundation.parts();
        return new Registrar(parts.store(), journal, parts.vault(), clock, random);
    }

    @Override
    public void close() {
        server.close();
        journal.close();
        foundation.close();
    }
}
