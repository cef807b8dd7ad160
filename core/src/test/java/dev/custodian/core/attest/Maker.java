package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody who signs certificates: a maker of cards, a card, or a key in it. Just enough DER.
record Maker(String name, KeyPair keys, Instant until, String hash) {
    static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
    static final Instant GOOD_UNTIL = Instant.parse("2036-01-01T00:00:00Z");

    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final String SHA1 = "SHA1";
    private static final String SHA256 = "SHA256";

    private static final byte[] CA = extension("551d13", hex("30030101ff"));

    static Maker named(String name) {
        return new Maker(name, pair("EC"), GOOD_UNTIL, SHA256);
    }

    /// The same, who makes certificates that end then.
    Maker until(Instant end) {
        return new Maker(name, keys, end, hash);
    }

    /// The same, who signs with SHA-1.
    Maker signingWithSha1() {
        return new Maker(name, keys, until, SHA1);
    }

    /// `ecdsa-with-SHA1` or `-SHA256`.
    private byte[] scheme() {
        return sequence(hex(hash.equals(SHA1) ? "06072a8648ce3d0401" : "06082a8648ce3d040302"));
    }

    static KeyPair pair(String algorithm) {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    X509Certificate root() {
        return parsed(issue(this, true, List.of()));
    }

    /// A certificate for another one.
    Bytes issue(Maker subject, boolean ca, List<byte[]> extensions) {
        return issue(subject.name, subject.keys.getPublic(), ca, extensions);
    }

    Bytes issue(String subject, PublicKey key, boolean ca, List<byte[]> extensions) {
        var all = new ArrayList<byte[]>();
        if (ca) {
            all.add(CA);
        }
        all.addAll(extensions);
        var body = new ArrayList<byte[]>();
        body.add(element(0xa0, element(2, new byte[] {2})));
        body.add(element(2, new byte[] {1}));
        body.add(scheme());
        body.add(distinguished(name));
        body.add(sequence(time(MADE), time(until)));
        body.add(distinguished(subject));
        body.add(key.getEncoded());
        if (!all.isEmpty()) {
            body.add(element(0xa3, sequence(all.toArray(byte[][]::new))));
        }
        var signed = sequence(body.toArray(byte[][]::new));
        return Bytes.of(sequence(signed, scheme(), element(3, new byte[] {0}, signature(signed))));
    }

    private byte[] signature(byte[] octets) {
        try {
            var signer = Signature.getInstance(hash + "withECDSA");
            signer.initSign(keys.getPrivate());
            signer.update(octets);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// What Yubico's cards say, each left out when null.
    static List<byte[]> says(
            byte @Nullable [] firmware, byte @Nullable [] serial, byte @Nullable [] policies) {
        var all = new ArrayList<byte[]>();
        add(all, "2b0601040182c40a0303", firmware);
        add(all, "2b0601040182c40a0307", serial);
        add(all, "2b0601040182c40a0308", policies);
        return all;
    }

    private static void add(List<byte[]> all, String oid, byte @Nullable [] value) {
        if (value != null) {
            all.add(extension(oid, value));
        }
    }

    static byte[] serial(long number) {
        return element(2, BigInteger.valueOf(number).toByteArray());
    }

    private static byte[] extension(String oid, byte[] value) {
        return sequence(element(6, hex(oid)), element(4, value));
    }

    private static byte[] distinguished(String name) {
        var text = name.getBytes(StandardCharsets.US_ASCII);
        return sequence(element(0x31, sequence(hex("0603550403"), element(0x0c, text))));
    }

    private static byte[] time(Instant at) {
        return element(0x17, UTC_TIME.format(at).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] sequence(byte[]... contents) {
        return element(0x30, contents);
    }

    private static byte[] element(int tag, byte[]... contents) {
        var content = new ByteArrayOutputStream();
        for (var one : contents) {
            content.writeBytes(one);
        }
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.size() >= 0x80) {
            out.write(0x82);
            out.write(content.size() >> 8);
        }
        out.write(content.size());
        out.writeBytes(content.toByteArray());
        return canonical(out.toByteArray(), content.size());
    }

    /// 82 00 xx as 81 xx.
    private static byte[] canonical(byte[] element, int size) {
        if (size < 0x80 || size > 0xff) {
            return element;
        }
        var shorter = new byte[element.length - 1];
        shorter[0] = element[0];
        shorter[1] = (byte) 0x81;
        System.arraycopy(element, 3, shorter, 2, element.length - 3);
        return shorter;
    }

    private static byte[] hex(String text) {
        return Bytes.fromHex(text).toArray();
    }

    static X509Certificate parsed(Bytes der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der.toArray()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
