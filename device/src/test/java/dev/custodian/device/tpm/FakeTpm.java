package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.KeyAgreement;

/// The other end of a salted session: a storage key that persists and one P-256 key below it, which
/// has a PIN. Knows four commands, and lies when it is told to.
final class FakeTpm implements TpmTransport {
    static final byte[] PIN = "1234".getBytes(StandardCharsets.US_ASCII);
    private static final int OBJECT = 0x80000001;
    private static final int SESSION = 0x02000001;
    private static final int AUTH_FAIL = 0x98e;

    private final KeyPair parent = pair();
    private final KeyPair key = pair();
    private final Set<Integer> loaded = new HashSet<>();
    private byte[] sessionKey = {};
    private byte[] nonceTpm = {};

    /// What it is to lie about.
    enum Lie {
        NONE,
        HMAC,
        NAME,
        PARAMETERS
    }

    private final Lie lie;

    FakeTpm(Lie lie) {
        this.lie = lie;
    }

    private static KeyPair pair() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// Handles that nobody flushed.
    Set<Integer> loaded() {
        return loaded;
    }

    /// The key as a file.
    TpmKeyFile file() {
        return new TpmKeyFile(
                TpmKeyFile.Kind.LOADABLE,
                false,
                TpmStorage.PERSISTENT,
                area(key, 0x40072),
                Bytes.of(new byte[] {1}));
    }

    private static TpmPublic area(KeyPair pair, int attributes) {
        var point = ((ECPublicKey) pair.getPublic()).getW();
        return new TpmPublic(
                HashAlgorithm.SHA256,
                attributes,
                Bytes.EMPTY,
                new TpmPublic.Ecc(
                        TpmPublic.Symmetric.NONE,
                        TpmPublic.AsymScheme.NONE,
                        Alg.P256,
                        Bytes.of(TpmPublic.fixed(point.getAffineX(), 32)),
                        Bytes.of(TpmPublic.fixed(point.getAffineY(), 32))));
    }

    @Override
    public byte[] call(byte[] command) throws IOException {
        try {
            var in = new TpmReader(command);
            int tag = in.u16("tag");
            in.require(in.u32("size") == command.length, "size");
            return switch (in.u32("code")) {
                case 0x173 -> answer(tag, new TpmWriter().raw(readPublic()));
                case 0x157 -> answer(tag, load(in));
                case 0x176 -> answer(tag, start(in));
                case 0x15d -> sign(tag, in);
                case 0x165 -> {
                    in.require(loaded.remove(in.u32("handle")), "no such handle");
                    yield answer(tag, new TpmWriter());
                }
                default -> throw new MalformedException("an unknown command");
            };
        } catch (MalformedException | GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static byte[] answer(int tag, TpmWriter body) {
        return answer(tag, 0, body);
    }

    private static byte[] answer(int tag, int code, TpmWriter body) {
        var octets = body.toArray();
        return new TpmWriter().u16(tag).u32(10 + octets.length).u32(code).raw(octets).toArray();
    }

    private Bytes readPublic() {
        var area = area(parent, 0x30472);
        return new TpmWriter().sized(area.encode()).sized(area.name()).sized(area.name()).bytes();
    }

    private TpmWriter load(TpmReader in) throws MalformedException {
        var _ = in.array("parent and password", 4 + 4 + 9 + 2 + 1);
        var area = TpmPublic.decode(in.sized("public", 500));
        loaded.add(OBJECT);
        var name = area.name().toArray();
        if (lie == Lie.NAME) {
            name[33] ^= 1;
        }
        return new TpmWriter().u32(OBJECT).u32(2 + name.length).sized(name).u16(0).u8(1).u16(0);
    }

    private TpmWriter start(TpmReader in) throws MalformedException, GeneralSecurityException {
        var _ = in.array("handles", 8);
        var nonce = in.sized("nonce", 32).toArray();
        var point = new TpmReader(in.sized("salt", 100).toArray());
        var x = point.sized("x", 32);
        var y = point.sized("y", 32);
        var ours = (ECPublicKey) parent.getPublic();
        var agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(parent.getPrivate());
        var theirs = new ECPoint(TpmPublic.number(x), TpmPublic.number(y));
        var _ =
                agreement.doPhase(
                        KeyFactory.getInstance("EC")
                                .generatePublic(new ECPublicKeySpec(theirs, ours.getParams())),
                        true);
        var salt =
                Kdf.e(
                        HashAlgorithm.SHA256,
                        agreement.generateSecret(),
                        "SECRET",
                        x.toArray(),
                        TpmPublic.fixed(ours.getW().getAffineX(), 32));
        nonceTpm = new byte[] {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
        sessionKey = Kdf.a(HashAlgorithm.SHA256, salt, "ATH", nonceTpm, nonce, 256);
        loaded.add(SESSION);
        return new TpmWriter().u32(SESSION).sized(nonceTpm);
    }

    private byte[] sign(int tag, TpmReader in) throws MalformedException, GeneralSecurityException {
        var _ = in.array("handle, size of the session's part, its handle", 12);
        var nonce = in.sized("nonce", 32).toArray();
        int attributes = in.u8("attributes");
        var hmac = in.sized("hmac", 32);
        var parameters = in.array("parameters", in.left());
        var cpHash =
                Kdf.hash(
                        HashAlgorithm.SHA256,
                        Bytes.u32(0x15d).toArray(),
                        file().area().name().toArray(),
                        parameters);
        if (!hmac.equals(hmac(cpHash, nonce, nonceTpm, attributes))) {
            return answer(0x8001, AUTH_FAIL, new TpmWriter());
        }
        var signer = Signature.getInstance("NONEwithECDSAinP1363Format");
        signer.initSign(key.getPrivate());
        signer.update(new TpmReader(parameters).sized("digest", 32).toArray());
        var signature = signer.sign();
        var out =
                new TpmWriter()
                        .u16(Alg.ECDSA)
                        .u16(Alg.SHA256)
                        .sized(Arrays.copyOf(signature, 32))
                        .sized(Arrays.copyOfRange(signature, 32, 64))
                        .toArray();
        var older = nonce;
        nonceTpm = new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
        var rpHash = Kdf.hash(HashAlgorithm.SHA256, new byte[4], Bytes.u32(0x15d).toArray(), out);
        var answered = hmac(rpHash, nonceTpm, older, 0).toArray();
        if (lie == Lie.HMAC) {
            answered[31] ^= 1;
        } else {
            loaded.remove(SESSION);
        }
        if (lie == Lie.PARAMETERS) {
            out[20] ^= 1;
        }
        return answer(
                tag,
                new TpmWriter().u32(out.length).raw(out).sized(nonceTpm).u8(0).sized(answered));
    }

    private Bytes hmac(byte[] hash, byte[] newer, byte[] older, int attributes) {
        var secret = Arrays.copyOf(sessionKey, sessionKey.length + PIN.length);
        System.arraycopy(PIN, 0, secret, sessionKey.length, PIN.length);
        return Bytes.of(
                Kdf.hmac(
                        HashAlgorithm.SHA256,
                        secret,
                        hash,
                        newer,
                        older,
                        new byte[] {(byte) attributes}));
    }

    @Override
    public void close() {}
}
