package dev.custodian.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/// Where CPU time goes: samples of all Java threads by the time that they used, native code
/// included (JEP 509).
final class Profile {
    static final String EVENT = "jdk.CPUTimeSample";

    private static final String REST = "threads, scheduler, the rest";

    /// What the frame nearest to the top that begins so belongs to.
    private static final Map<String, String> LAYERS = layers();

    private final Map<String, Integer> byLayer = new HashMap<>();
    private final Map<String, Integer> byMethod = new HashMap<>();
    private int samples;

    private static Map<String, String> layers() {
        var layers = new LinkedHashMap<String, String>();
        layers.put("dev.custodian.server.vault.", "vault: unwrap, parse, sign");
        layers.put("dev.custodian.server.oauth.", "token and proof");
        layers.put("com.nimbusds.", "token and proof");
        layers.put("dev.custodian.server.owner.", "token and proof");
        layers.put("dev.custodian.server.signing.", "opening under the SAD");
        layers.put("dev.custodian.server.store.", "store: SQLite and the driver");
        layers.put("org.sqlite.", "store: SQLite and the driver");
        layers.put("dev.custodian.server.journal.", "journal: decide, records, tree");
        layers.put("dev.custodian.core.journal.", "journal: decide, records, tree");
        layers.put("dev.custodian.server.csc.", "CSC: JSON, base64, parameters");
        layers.put("net.logstash.", "log");
        layers.put("ch.qos.logback.", "log");
        layers.put("sun.security.ssl.", "TLS");
        layers.put("dev.custodian.server.http.", "HTTP");
        layers.put("org.eclipse.jetty.", "HTTP");
        return layers;
    }

    static Profile of(Path recording) throws IOException {
        var profile = new Profile();
        try (var file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                var event = file.readEvent();
                var stack = event.getStackTrace();
                if (event.getEventType().getName().equals(EVENT) && stack != null) {
                    profile.add(stack.getFrames().stream().map(Profile::name).toList());
                }
            }
        }
        return profile;
    }

    private static String name(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
    }

    /// Counts a stack, its top first.
    void add(List<String> frames) {
        samples++;
        byLayer.merge(layer(frames), 1, Integer::sum);
        byMethod.merge(frames.isEmpty() ? "unknown" : frames.getFirst(), 1, Integer::sum);
    }

    private static String layer(List<String> frames) {
        for (var frame : frames) {
            for (var layer : LAYERS.entrySet()) {
                if (frame.startsWith(layer.getKey())) {
                    return layer.getValue();
                }
            }
        }
        return REST;
    }

    /// Lines of shares, largest first.
    ///
    /// @param micros CPU time of one call in µs
    List<String> lines(double micros, int methods) {
        var lines = new ArrayList<String>();
        lines.add("    %d samples".formatted(samples));
        lines.addAll(top(byLayer, micros, byLayer.size()));
        lines.add("    by method on top of the stack");
        lines.addAll(top(byMethod, micros, methods));
        return lines;
    }

    private List<String> top(Map<String, Integer> counts, double micros, int most) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(most)
                .map(
                        entry -> {
                            double share = entry.getValue() / (double) samples;
                            return "    %5.1f %%  %7.1f us  %s"
                                    .formatted(100 * share, share * micros, entry.getKey());
                        })
                .toList();
    }
}
