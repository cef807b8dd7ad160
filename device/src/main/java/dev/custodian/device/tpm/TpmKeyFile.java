package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.der.Der;
import dev.custodian.core.der.DerReader;
import dev.custodian.core.der.Tag;
import java.math.BigInteger;
import java.util.Base64;

/// A key or a sealed secret outside of its TPM: `TSS2 PRIVATE KEY`, as OpenSSL's provider,
/// tpm2-tools and ssh-tpm-agent keep it (draft-woodhouse-cert-best-practice, `TPMKey`). Of no use
/// without the TPM that made it.
///
/// @param emptyAuth whether it has no PIN; others write `false` there also for keys that have none
/// @param parent a hierarchy's handle for its primary storage key, or that of a persistent key
/// @param area the public area
/// @param sensitive what only the parent opens: the content of `TPM2B_PRIVATE`
public record TpmKeyFile(
        Kind kind, boolean emptyAuth, int parent, TpmPublic area, Bytes sensitive) {
    /// Most octets of a file.
    static final int LONGEST = 8192;

    private static final int LONGEST_PRIVATE = 2048;
    private static final String BEGIN = "-----BEGIN TSS2 PRIVATE KEY-----\n";
    private static final String END = "\n-----END TSS2 PRIVATE KEY-----\n";
    private static final int LINE = 64;
    private static final int EMPTY_AUTH = Tag.context(0);

    /// What is in it, by the last arc of its OID, 2.23.133.10.1.
    public enum Kind {
        LOADABLE(3),
        SEALED(5);

        private final Bytes oid;

        Kind(int arc) {
            oid = Bytes.of(new byte[] {0x67, (byte) 0x81, 0x05, 0x0a, 0x01, (byte) arc});
        }
    }

    /// Reads one; refused when there is more in it than we can use: a policy, an imported key.
    public static TpmKeyFile parse(String pem) throws MalformedException {
        if (pem.length() > LONGEST) {
            throw new MalformedException(Reason.SIZE, "a key file that is too long");
        }
        var text = pem.replace("\r\n", "\n");
        if (!text.startsWith(BEGIN)
                || !text.endsWith(END)
                || text.length() < BEGIN.length() + END.length()) {
            throw new MalformedException(Reason.SYNTAX, "no TSS2 PRIVATE KEY in PEM");
        }
        var body = text.substring(BEGIN.length(), text.length() - END.length()).replace("\n", "");
        try {
            return decode(Base64.getDecoder().decode(body));
        } catch (IllegalArgumentException e) {
            throw new MalformedException(Reason.SYNTAX, "no base64");
        }
    }

    static TpmKeyFile decode(byte[] der) throws MalformedException {
        var in = new DerReader(DerReader.only(Bytes.of(der), Tag.SEQUENCE));
        var kind = kind(in.next(Tag.OBJECT_IDENTIFIER));
        boolean emptyAuth = false;
        if (in.isNext(EMPTY_AUTH)) {
            emptyAuth = truth(DerReader.only(in.next(EMPTY_AUTH), Tag.BOOLEAN));
        }
        int parent = handle(in.integer());
        var area = content(in.next(Tag.OCTET_STRING));
        var sensitive = content(in.next(Tag.OCTET_STRING));
        in.done();
        return new TpmKeyFile(kind, emptyAuth, parent, TpmPublic.decode(area), sensitive);
    }

    private static Kind kind(Bytes oid) throws MalformedException {
        for (var kind : Kind.values()) {
            if (kind.oid.equals(oid)) {
                return kind;
            }
        }
        throw new MalformedException("neither a loadable key nor a sealed secret");
    }

    /// OpenSSL's provider writes 1 for true, which is BER and not DER.
    private static boolean truth(Bytes content) throws MalformedException {
        if (content.size() != 1) {
            throw new MalformedException(Reason.SYNTAX, "a truth not of one octet");
        }
        return content.at(0) != 0;
    }

    private static int handle(BigInteger number) throws MalformedException {
        if (number.signum() < 0 || number.bitLength() > Integer.SIZE) {
            throw new MalformedException("a parent that is no handle");
        }
        return number.intValue();
    }

    /// What a `TPM2B` holds.
    private static Bytes content(Bytes octets) throws MalformedException {
        var in = new TpmReader(octets.toArray());
        var content = in.sized("TPM2B", LONGEST_PRIVATE);
        in.done();
        return content;
    }

    byte[] encode() {
        return Der.sequence(
                        Der.of(Tag.OBJECT_IDENTIFIER, kind.oid),
                        // also when false: OpenSSL's provider takes what is absent for true
                        Der.of(EMPTY_AUTH, Der.truth(emptyAuth)),
                        Der.integer(BigInteger.valueOf(Integer.toUnsignedLong(parent))),
                        Der.octets(new TpmWriter().sized(area.encode()).bytes()),
                        Der.octets(new TpmWriter().sized(sensitive).bytes()))
                .toArray();
    }

    /// The file's text.
    public String pem() {
        return BEGIN
                + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(encode())
                + END;
    }

    @Override
    public String toString() {
        return "TpmKeyFile of " + area.name();
    }
}
