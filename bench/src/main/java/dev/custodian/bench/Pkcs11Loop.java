package dev.custodian.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.Arrays;
import java.util.stream.Collectors;

/// A program that signs through a PKCS#11 module, in a process of its own.
///
/// Arguments: configuration of SunPKCS11, PIN. Reads lines of an alias and a number from stdin; for
/// each it signs so many messages with that key, over SHA-256, and prints the nanoseconds of each.
final class Pkcs11Loop {
    private Pkcs11Loop() {}

    public static void main(String[] args) throws Exception {
        var base = Security.getProvider("SunPKCS11");
        var module = base.configure(Path.of(args[0]).toString());
        var pin = args.length > 1 ? args[1].toCharArray() : new char[0];
        var keys = KeyStore.getInstance("PKCS11", module);
        System.out.println("ready");
        try (var orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var line = orders.readLine(); line != null; line = orders.readLine()) {
                var words = line.split(" ", 2);
                // anew: an agent that has just started knows no keys yet
                keys.load(null, pin);
                if (!(keys.getKey(words[0], pin) instanceof PrivateKey key)) {
                    throw new IllegalArgumentException("no key " + words[0]);
                }
                System.out.println(
                        Arrays.stream(sign(module, key, Integer.parseInt(words[1])))
                                .mapToObj(Long::toString)
                                .collect(Collectors.joining(" ")));
            }
        }
    }

    private static long[] sign(Provider module, PrivateKey key, int count) throws Exception {
        var signature = Signature.getInstance("SHA256with" + family(key), module);
        var took = new long[count];
        for (int i = 0; i < count; i++) {
            long began = System.nanoTime();
            signature.initSign(key);
            // another message each time
            signature.update(Long.toString(began).getBytes(StandardCharsets.US_ASCII));
            signature.sign();
            took[i] = System.nanoTime() - began;
        }
        return took;
    }

    private static String family(PrivateKey key) {
        return key.getAlgorithm().equals("RSA") ? "RSA" : "ECDSA";
    }
}
