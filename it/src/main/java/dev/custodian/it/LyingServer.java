package dev.custodian.it;

import dev.custodian.core.Bytes;
import dev.custodian.server.http.Reply;
import dev.custodian.server.http.Route;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The product's server, wired as its own `Main` wires it, but for what it answers to `signHash`.
/// Nothing in the shipped modules knows of it.
///
/// Argument: configuration. Prints its URL when it serves. Each line on stdin is a [Lie] from then
/// on, and is repeated on stdout; the end of stdin ends the server.
public final class LyingServer {
    private static final Pattern DIGEST = Pattern.compile("\"hashes\":\\[\"([^\"]+)\"");
    private static final Pattern SIGNATURE = Pattern.compile("(\"signatures\":\\[\")([^\"]+)\"");
    private static final Pattern SALT = Pattern.compile("(\"salt\":\")([^\"]+)\"");

    private static volatile Lie lie = Lie.NONE;

    private LyingServer() {}

    /// What is told instead of the truth.
    enum Lie {
        NONE,
        /// The signature is spoilt.
        SPOILT_SIGNATURE,
        /// The right digest, signed by a key that is not the credential's.
        ANOTHER_KEY,
        /// The journal's records do not hang together.
        BROKEN_CHAIN
    }

    public static void main(String[] args) throws Exception {
        WiredServer.serve(
                Path.of(args[0]),
                Clock.systemUTC(),
                LyingServer::lying,
                line -> lie = Lie.valueOf(line),
                System.out);
    }

    private static Route lying(Route route) {
        if (!route.path().endsWith("/signHash")) {
            return route;
        }
        var handler = route.handler();
        return route.withHandler(
                call -> {
                    var truth = handler.handle(call);
                    return truth.status() == 200 ? told(call.body(), truth) : truth;
                });
    }

    private static Reply told(Bytes asked, Reply truth) {
        var text = new String(truth.body().toArray(), StandardCharsets.UTF_8);
        var told =
                switch (lie) {
                    case NONE -> text;
                    case SPOILT_SIGNATURE ->
                            with(SIGNATURE, text, spoilt(part(SIGNATURE, 2, text)));
                    case ANOTHER_KEY -> {
                        var request = new String(asked.toArray(), StandardCharsets.UTF_8);
                        yield with(SIGNATURE, text, signed(part(DIGEST, 1, request)));
                    }
                    case BROKEN_CHAIN -> {
                        var salt = part(SALT, 2, text);
                        var other = (salt.charAt(0) == 'A' ? "B" : "A") + salt.substring(1);
                        yield with(SALT, text, other);
                    }
                };
        return new Reply(truth.status(), truth.contentType(), Bytes.utf8(told), truth.headers());
    }

    private static String part(Pattern pattern, int group, String text) {
        var found = pattern.matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("nothing to lie about in " + text);
        }
        return found.group(group);
    }

    private static String with(Pattern pattern, String text, String other) {
        return pattern.matcher(text)
                .replaceFirst(found -> Matcher.quoteReplacement(found.group(1) + other + "\""));
    }

    private static String spoilt(String signature) {
        var octets = Base64.getDecoder().decode(signature);
        int last = octets.length - 1;
        octets[last] = (byte) (octets[last] ^ 1);
        return Base64.getEncoder().encodeToString(octets);
    }

    private static String signed(String digest) {
        try {
            var keys = KeyPairGenerator.getInstance("EC");
            keys.initialize(256);
            var signing = Signature.getInstance("NONEwithECDSA");
            signing.initSign(keys.generateKeyPair().getPrivate());
            signing.update(Base64.getDecoder().decode(digest));
            return Base64.getEncoder().encodeToString(signing.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
