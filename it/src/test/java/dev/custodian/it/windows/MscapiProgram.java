package dev.custodian.it.windows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;

/// A Java program on Windows that signs by SunMSCAPI, or is jarsigner, as its first argument says.
/// Both come from target/wine/mscapi, where `build/mscapi.sh` has built them.
final class MscapiProgram {
    private MscapiProgram() {}

    public static void main(String[] args) throws Exception {
        var mscapi =
                Class.forName("sun.security.mscapi.SunMSCAPI")
                        .asSubclass(Provider.class)
                        .getDeclaredConstructor()
                        .newInstance();
        Security.insertProviderAt(mscapi, 1);
        var rest = Arrays.copyOfRange(args, 1, args.length);
        switch (args[0]) {
            case "list" -> list();
            case "sign" -> sign(mscapi, rest);
            case "jarsigner" -> jarsigner(rest);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static KeyStore store() throws Exception {
        var store = KeyStore.getInstance("Windows-MY");
        store.load(null, null);
        return store;
    }

    /// A line for each certificate: its alias, its SHA-256, and the type of its key.
    private static void list() throws Exception {
        var store = store();
        for (var alias : Collections.list(store.aliases())) {
            var certificate = (X509Certificate) store.getCertificate(alias);
            var hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            System.out.println(
                    String.join(
                            " | ",
                            alias,
                            HexFormat.of().formatHex(hash),
                            String.valueOf(store.getKey(alias, null))));
        }
    }

    /// Alias, algorithm, file to sign, file for the signature.
    private static void sign(Provider mscapi, String... args) throws Exception {
        var signature = Signature.getInstance(args[1], mscapi);
        if (args[1].equals("RSASSA-PSS")) {
            signature.setParameter(
                    new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        }
        signature.initSign((PrivateKey) store().getKey(args[0], null));
        signature.update(Files.readAllBytes(Path.of(args[2])));
        try {
            Files.write(Path.of(args[3]), signature.sign());
            System.out.println("signed by " + signature.getProvider().getName());
        } catch (SignatureException e) {
            System.out.println("not signed: " + e.getMessage());
        }
    }

    private static void jarsigner(String... args) throws Exception {
        Class.forName("sun.security.tools.jarsigner.Main")
                .getMethod("main", String[].class)
                .invoke(null, (Object) args);
    }
}
