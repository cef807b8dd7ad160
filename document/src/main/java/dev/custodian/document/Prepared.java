package dev.custodian.document;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A PDF that waits for its signature. Holds no file open: the input is read again by [#complete],
/// which refuses when it has changed meanwhile.
public final class Prepared {
    private static final int CHUNK = 64 * 1024;

    private final SigningRequest request;
    private final Field field;
    private final long skipped;
    private final long inputLength;
    private final Bytes inputDigest;
    private final Bytes documentDigest;
    private final Bytes updateBeforeGap;
    private final int reserved;
    private final Bytes updateAfterGap;
    private final byte[] signedAttributes;

    /// The field that takes the signature.
    ///
    /// @param waiting whether the PDF's author had put it there; otherwise it is new and invisible
    public record Field(String name, boolean waiting) {}

    Prepared(
            SigningRequest request,
            Field field,
            long skipped,
            long inputLength,
            Bytes inputDigest,
            Bytes documentDigest,
            Bytes updateBeforeGap,
            int reserved,
            Bytes updateAfterGap) {
        this.request = request;
        this.field = field;
        this.skipped = skipped;
        this.inputLength = inputLength;
        this.inputDigest = inputDigest;
        this.documentDigest = documentDigest;
        this.updateBeforeGap = updateBeforeGap;
        this.reserved = reserved;
        this.updateAfterGap = updateAfterGap;
        this.signedAttributes =
                CmsSignature.signedAttributes(
                        documentDigest, request.signer(), request.scheme().scheme().hash());
    }

    public Field field() {
        return field;
    }

    /// The hash of the input from its PDF header on: for a file with nothing in front of that, what
    /// `sha256sum` and its like print. For showing to the person who approves.
    public Bytes inputDigest() {
        return inputDigest;
    }

    /// The hash of what the signature covers, as it stands in the message-digest attribute.
    public Bytes documentDigest() {
        return documentDigest;
    }

    /// The hash of the signed attributes: the only thing about the document that leaves this
    /// machine.
    public Bytes digestToSign() {
        return Bytes.of(CmsSignature.digest(request.scheme().scheme().hash(), signedAttributes));
    }

    /// Octets in front of the PDF header that the signed file will lack, since a PDF begins with
    /// its header.
    public long skipped() {
        return skipped;
    }

    /// Writes the signed PDF and returns its path. The signature (ECDSA as DER, as the CSC API
    /// sends it) is checked against the certificate first: [FailureKind#SIGNATURE_WRONG]. Nothing
    /// is left behind by a refusal.
    public Path complete(Bytes signature) throws Refused {
        if (!CmsSignature.verifies(
                request.signer().getPublicKey(),
                request.scheme(),
                signedAttributes,
                signature.toArray())) {
            throw new Refused(FailureKind.SIGNATURE_WRONG);
        }
        var cms =
                CmsSignature.contentInfo(
                        request.chain(), request.scheme(), documentDigest, signature);
        if (cms.length > reserved) {
            throw new IllegalStateException(cms.length + " octets for " + reserved);
        }
        long size = inputLength + updateBeforeGap.size() + updateAfterGap.size();
        AtomicFile.write(request.output(), size, out -> write(out, cms));
        return request.output();
    }

    private void write(OutputStream out, byte[] cms) throws IOException, Refused {
        var digest = CmsSignature.newDigest(request.scheme().scheme().hash());
        try (var input = FileOctets.open(request.input(), skipped)) {
            var chunk = new byte[CHUNK];
            for (long left = inputLength; left > 0; ) {
                int read = input.read(chunk, 0, (int) Math.min(left, chunk.length));
                if (read < 0) {
                    throw changed();
                }
                digest.update(chunk, 0, read);
                out.write(chunk, 0, read);
                left -= read;
            }
        }
        if (!Bytes.of(digest.digest()).equals(inputDigest)) {
            throw changed();
        }
        out.write(updateBeforeGap.toArray());
        out.write('<');
        out.write(Bytes.of(cms).hex().getBytes(StandardCharsets.US_ASCII));
        out.write("0".repeat(2 * (reserved - cms.length)).getBytes(StandardCharsets.US_ASCII));
        out.write('>');
        out.write(updateAfterGap.toArray());
    }

    private Refused changed() {
        return new Refused(
                FailureKind.FILE_UNREADABLE,
                request.input() + " has changed since it was approved; sign it again.");
    }
}
