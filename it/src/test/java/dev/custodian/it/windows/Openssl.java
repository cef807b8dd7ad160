package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.it.Program;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;

/// What openssl on Linux says of a signature.
final class Openssl {
    private Openssl() {}

    static Program.Ran run(String... words) throws Exception {
        var line = new ArrayList<>(List.of("openssl"));
        line.addAll(List.of(words));
        return Program.run(line.toArray(String[]::new));
    }

    /// Holds a signature against the key, and against other data. Files are made beside it.
    ///
    /// @param hash as openssl names it
    /// @param padding `pss`, else what openssl takes by itself
    static void accepts(PublicKey key, String hash, String padding, Path signature, Path signed)
            throws Exception {
        var line = new ArrayList<>(List.of("dgst", "-" + hash, "-verify", pem(key, signature)));
        if (padding.equals("pss")) {
            line.addAll(List.of("-sigopt", "rsa_padding_mode:pss"));
            line.addAll(List.of("-sigopt", "rsa_pss_saltlen:digest"));
        }
        line.addAll(List.of("-signature", signature.toString()));
        var other = signature.resolveSibling("other");
        Files.writeString(other, "Something else.\n");
        var good = new ArrayList<>(line);
        good.add(signed.toString());
        line.add(other.toString());
        assertThat(run(good.toArray(String[]::new)).out()).isEqualTo("Verified OK\n");
        assertThat(run(line.toArray(String[]::new)).exit()).isEqualTo(1);
    }

    /// Windows writes r and s, one after the other; openssl reads a sequence of the two.
    static Path der(Path flat) throws Exception {
        var octets = Files.readAllBytes(flat);
        var sequence = new ASN1EncodableVector();
        for (int at = 0; at < octets.length; at += octets.length / 2) {
            var half = Arrays.copyOfRange(octets, at, at + octets.length / 2);
            sequence.add(new ASN1Integer(new BigInteger(1, half)));
        }
        return Files.write(flat.resolveSibling("der"), new DERSequence(sequence).getEncoded());
    }

    /// The key, as openssl reads it.
    private static String pem(PublicKey key, Path beside) throws Exception {
        var file = beside.resolveSibling("key.pem");
        Files.writeString(
                file,
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(key.getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
        return file.toString();
    }
}
