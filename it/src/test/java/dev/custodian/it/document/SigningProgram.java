package dev.custodian.it.document;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.document.PdfSigning;
import dev.custodian.document.PdfVerification;
import dev.custodian.document.SigningRequest;
import dev.custodian.document.Trust;
import dev.custodian.testpki.Person;
import dev.custodian.testpki.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// Signs one PDF in a process of its own, so that a test can choose its memory and its disk: `input
/// output [filler]`. Prints `trusted`, `not trusted` or the id of the refusal. `filler` is a file
/// that takes all that is left of the disk between approval and writing.
final class SigningProgram {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);

    private SigningProgram() {}

    public static void main(String[] args) throws Exception {
        var keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
        var ca = TestCa.create(InstantSource.system(), new SecureRandom(), "Custodian");
        var certificate = ca.issue(request(keys), new Person("Ada", "Lovelace", "TEST0001"));
        var output = Path.of(args[1]);
        try {
            var prepared =
                    PdfSigning.prepare(
                            new SigningRequest(
                                    Path.of(args[0]),
                                    output,
                                    List.of(certificate, ca.root()),
                                    ECDSA,
                                    Instant.now()));
            if (args.length > 2) {
                fill(Path.of(args[2]));
            }
            prepared.complete(sign(keys, prepared.digestToSign()));
            var trust = new Trust(List.of(ca.root()), List.of(ca.revocationList()), true);
            var report = PdfVerification.verify(output, trust, Instant.now());
            System.out.println(report.isTrusted() ? "trusted" : "not trusted");
        } catch (Refused e) {
            System.out.println(e.kind().id());
            try (var left = Files.newDirectoryStream(output.getParent(), "*{pdf,part}")) {
                left.forEach(file -> System.out.println("left behind: " + file));
            }
        }
    }

    private static void fill(Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(0);
            }
        } catch (IOException e) {
            return; // full
        }
    }

    private static byte[] request(KeyPair keys) throws Exception {
        return new JcaPKCS10CertificationRequestBuilder(
                        new X500Name("CN=TEST signer"), keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
    }

    private static Bytes sign(KeyPair keys, Bytes digest) throws Exception {
        var signer = Signature.getInstance("NONEwithECDSA");
        signer.initSign(keys.getPrivate());
        signer.update(digest.toArray());
        return Bytes.of(signer.sign());
    }
}
