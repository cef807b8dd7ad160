package dev.custodian.it;

import static java.nio.channels.FileChannel.MapMode.READ_ONLY;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Secrets to look for, by what they are, in each form in which a program may have them.
public final class Secrets {
    private static final ValueLayout.OfInt WORD =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Map<String, Set<Bytes>> forms = new LinkedHashMap<>();

    /// As octets, as a Java `String` of either kind, and as hash functions load it.
    public void pin(String pin) {
        octets("pin", pin.getBytes(StandardCharsets.UTF_8));
        add("pin", pin.getBytes(StandardCharsets.UTF_16LE));
        add("pin", pin.getBytes(StandardCharsets.UTF_16BE));
    }

    /// As octets, and as hash functions and big integers have it.
    void octets(String name, byte[] octets) {
        add(name, octets);
        add(name, words(octets));
        add(name, reversed(octets));
    }

    /// The text and the octets in it.
    void sad(String text) {
        add("SAD", text.getBytes(StandardCharsets.US_ASCII));
    }

    /// The file, and the numbers that are its secret.
    void pkcs8(KeyAlgorithm algorithm, byte[] der) throws GeneralSecurityException {
        add("PKCS#8", der);
        var key =
                KeyFactory.getInstance(algorithm.family().name())
                        .generatePrivate(new PKCS8EncodedKeySpec(der));
        switch (key) {
            case ECPrivateKey ec -> octets("P-256 private value", magnitude(ec.getS()));
            case RSAPrivateCrtKey rsa -> {
                octets("RSA prime", magnitude(rsa.getPrimeP()));
                octets("RSA private exponent", magnitude(rsa.getPrivateExponent()));
            }
            default -> throw new AssertionError("no such key is made here");
        }
    }

    private record Needle(String name, MemorySegment octets) {}

    /// How often each secret is found in a file, in whatever form.
    public Map<String, Integer> countIn(Path file) throws IOException {
        var counts = new LinkedHashMap<String, Integer>();
        var byStart = new HashMap<Integer, List<Needle>>();
        forms.forEach(
                (name, octets) -> {
                    counts.put(name, 0);
                    for (var form : octets) {
                        var needle = MemorySegment.ofArray(form.toArray());
                        var start = needle.get(WORD, 0);
                        byStart.computeIfAbsent(start, _ -> new ArrayList<>())
                                .add(new Needle(name, needle));
                    }
                });
        // most places in memory begin no secret: one look into a small table tells
        var starts = new boolean[1 << 16];
        byStart.keySet().forEach(start -> starts[start & 0xffff] = true);
        try (var channel = FileChannel.open(file);
                var arena = Arena.ofConfined()) {
            var content = channel.map(READ_ONLY, 0, channel.size(), arena);
            for (long at = 0; at <= content.byteSize() - Long.BYTES; at++) {
                int word = content.get(WORD, at);
                if (!starts[word & 0xffff]) {
                    continue;
                }
                for (var needle : byStart.getOrDefault(word, List.of())) {
                    if (isAt(content, at, needle.octets)) {
                        counts.merge(needle.name, 1, Integer::sum);
                    }
                }
            }
        }
        return counts;
    }

    /// The same in the memory of a server, all of which passes through a file in `folder`.
    public Map<String, Integer> countIn(Serving server, Path folder)
            throws IOException, InterruptedException {
        var prefix = folder.resolve("core").toString();
        Program.run("gcore", "-o", prefix, Long.toString(server.pid())).orFail();
        var core = Path.of(prefix + "." + server.pid());
        try {
            return countIn(core);
        } finally {
            Files.delete(core);
        }
    }

    private static boolean isAt(MemorySegment content, long at, MemorySegment octets) {
        return at + octets.byteSize() <= content.byteSize()
                && content.asSlice(at, octets.byteSize()).mismatch(octets) < 0;
    }

    private void add(String name, byte[] octets) {
        forms.computeIfAbsent(name, _ -> new LinkedHashSet<>()).add(Bytes.of(octets));
    }

    /// Without leading zeros, a whole number of words.
    private static byte[] magnitude(BigInteger number) {
        var octets = number.toByteArray();
        int size = octets.length / 4 * 4;
        var end = new byte[size];
        System.arraycopy(octets, octets.length - size, end, 0, size);
        return end;
    }

    /// Each four octets the other way round: big-endian words on a little-endian machine.
    private static byte[] words(byte[] octets) {
        var words = new byte[octets.length / 4 * 4];
        for (int i = 0; i < words.length; i++) {
            words[i] = octets[i / 4 * 4 + 3 - i % 4];
        }
        return words;
    }

    private static byte[] reversed(byte[] octets) {
        var reversed = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            reversed[i] = octets[octets.length - 1 - i];
        }
        return reversed;
    }
}
