package dev.custodian.bench;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.server.config.Config;
import dev.custodian.server.vault.MeasuredToken;
import dev.custodian.server.vault.MeasuredToken.Kind;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// What `bench/token-loop/loop.c` does, by our binding. Makes the keys for both first.
///
/// Arguments: configuration of a server, folder for the keys. Prints the id of the wrapping key and
/// the number of the mechanism that wraps, then takes the same lines.
final class TokenLoop {
    private TokenLoop() {}

    public static void main(String[] args) throws Exception {
        var hsm = Config.read(Path.of(args[0])).hsm();
        if (hsm == null) {
            throw new IllegalArgumentException("no HSM in " + args[0]);
        }
        try (var token = MeasuredToken.open(hsm);
                var orders =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var key : Operation.KEYS) {
                make(token, new Kind(key, false), Path.of(args[1]));
                make(token, new Kind(key, true), Path.of(args[1]));
            }
            System.out.println(token.wrappingId() + " " + token.mechanism());
            for (var line = orders.readLine(); line != null; line = orders.readLine()) {
                obey(token, line.split(" ", -1));
                System.out.println("done");
            }
        }
    }

    private static void make(MeasuredToken token, Kind kind, Path folder) throws Exception {
        var key = token.make(kind);
        var name = kind.algorithm().display() + "." + Operation.mode(kind.wrapped());
        Files.write(folder.resolve(name), key.what().toArray());
        Files.write(folder.resolve(name + ".spki"), key.spki().toArray());
    }

    private static void obey(MeasuredToken token, String[] words) throws Exception {
        var algorithm =
                Arrays.stream(KeyAlgorithm.values())
                        .filter(one -> one.display().equals(words[0]))
                        .findFirst()
                        .orElseThrow();
        token.loop(
                new Kind(algorithm, words[1].equals(Operation.mode(true))),
                words[2].equals(Operation.VERIFIED),
                Integer.parseInt(words[3]),
                Integer.parseInt(words[4]));
    }
}
