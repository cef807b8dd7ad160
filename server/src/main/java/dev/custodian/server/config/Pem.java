package dev.custodian.server.config;

import dev.custodian.core.Bytes;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/// PEM text (RFC 7468).
public final class Pem {
    public static final String CERTIFICATE = "CERTIFICATE";
    public static final String REQUEST = "CERTIFICATE REQUEST";

    static final String PRIVATE_KEY = "PRIVATE KEY";
    static final String PUBLIC_KEY = "PUBLIC KEY";

    private Pem() {}

    /// Writes one block.
    public static String write(String type, Bytes der) {
        var text = new StringWriter();
        try (var writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der.toArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /// The blocks of `type`, in order; others are passed over.
    ///
    /// @throws IOException if the text is no PEM
    public static List<Bytes> read(String text, String type) throws IOException {
        var found = new ArrayList<Bytes>();
        try (var reader = new PemReader(new StringReader(text))) {
            for (var block = reader.readPemObject();
                    block != null;
                    block = reader.readPemObject()) {
                if (block.getType().equals(type)) {
                    found.add(Bytes.of(block.getContent()));
                }
            }
        } catch (IllegalArgumentException | org.bouncycastle.util.encoders.DecoderException e) {
            throw new IOException("not PEM", e);
        }
        return found;
    }
}
