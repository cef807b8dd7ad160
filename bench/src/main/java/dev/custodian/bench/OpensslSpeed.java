package dev.custodian.bench;

import dev.custodian.core.KeyAlgorithm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `openssl speed -mr`: signatures per second of its own CPU time in user mode, on one core.
final class OpensslSpeed {
    private static final String RSA = "+F2:";
    private static final String ECDSA = "+F4:";

    private OpensslSpeed() {}

    static Map<KeyAlgorithm, Double> run(Set<KeyAlgorithm> algorithms)
            throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of("openssl", "speed", "-mr", "-seconds", "1"));
        algorithms.forEach(algorithm -> line.add(name(algorithm)));
        return parse(Program.output(line));
    }

    /// Reads the lines of results: number, bits, signatures per second, and what we do not need.
    static Map<KeyAlgorithm, Double> parse(String output) {
        var rates = new EnumMap<KeyAlgorithm, Double>(KeyAlgorithm.class);
        output.lines()
                .filter(line -> line.startsWith(RSA) || line.startsWith(ECDSA))
                .forEach(
                        line -> {
                            var fields = line.split(":", -1);
                            rates.put(
                                    algorithm(line.startsWith(RSA), fields[2]),
                                    Double.parseDouble(fields[3]));
                        });
        return rates;
    }

    private static KeyAlgorithm algorithm(boolean rsa, String bits) {
        var family = rsa ? KeyAlgorithm.Family.RSA : KeyAlgorithm.Family.EC;
        for (var algorithm : KeyAlgorithm.values()) {
            if (algorithm.family() == family && bits.equals("" + algorithm.bits())) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException("no key of ours: " + family + " of " + bits + " bits");
    }

    private static String name(KeyAlgorithm algorithm) {
        return switch (algorithm.family()) {
            case RSA -> "rsa" + algorithm.bits();
            case EC -> "ecdsap" + algorithm.bits();
        };
    }
}
