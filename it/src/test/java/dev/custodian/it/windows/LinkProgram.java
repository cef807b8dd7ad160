package dev.custodian.it.windows;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.link.AgentAddress;
import dev.custodian.link.AgentPipe;
import dev.custodian.link.Frame;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import dev.custodian.link.pipe.Pipe;
import dev.custodian.link.pipe.PipeName;
import dev.custodian.link.pipe.PipeServer;
import dev.custodian.link.pipe.WindowsException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A Windows program that speaks the link, well or badly, as its first argument says; it tells in a
/// line for each thing what came of it.
final class LinkProgram {
    private static final long LIMIT_MILLIS = 30_000;

    private LinkProgram() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "sign" -> sign(args[1]);
            case "hostile" -> hostile();
            case "many" -> many(Integer.parseInt(args[1]));
            case "squat" -> squat();
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.exit(0);
    }

    private static PipeName name() throws Exception {
        return ((AgentPipe) AgentAddress.of(Map.of())).name();
    }

    private static LinkClient connect() throws Refused {
        return LinkClient.connect(AgentAddress.of(Map.of()), "it", "1");
    }

    /// Signs the SHA-256 of nothing and says the signature.
    private static void sign(String credential) throws Refused {
        try (var agent = connect()) {
            var with = agent.credential(credential);
            var request =
                    new Request.Sign(
                            credential,
                            SignatureScheme.of(
                                    Scheme.plain(with.algorithm().family(), HashAlgorithm.SHA256)),
                            List.of(Hashes.sha256(Bytes.EMPTY)),
                            new Request.Context(0, "", ""),
                            false,
                            Duration.ofMinutes(2));
            System.out.println("signature: " + agent.sign(request).getFirst().hex());
        } catch (Refused e) {
            System.out.println("refused: " + e.kind());
        }
    }

    private static void hostile() throws Exception {
        var hello = new Frame(1, new Request.Hello("it", "1")).encode();
        said("garbage", Bytes.utf8("GET / HTTP/1.1\r\n\r\n"));
        said("oversize", Bytes.u32(Frame.LONGEST + 1));
        said("before hello", new Frame(1, new Request.Status()).encode());
        said("hello twice", Bytes.concat(hello, hello));
        half(hello);
        foreign();
        System.out.println("after all that: " + state());
    }

    /// What the agent answers to these octets until it ends the connection.
    private static void said(String what, Bytes octets) throws Exception {
        try (var pipe = Pipe.connect(name())) {
            pipe.write(octets.toArray(), LIMIT_MILLIS);
            var last = "nothing";
            for (var frame = next(pipe); frame.length > 0; frame = next(pipe)) {
                last = Frame.decode(Bytes.of(frame)).message().getClass().getSimpleName();
            }
            System.out.println(what + ": " + last + ", then the end");
        }
    }

    /// The next frame; nothing at the end.
    private static byte[] next(Pipe pipe) throws Exception {
        var length = exactly(pipe, Frame.LENGTH);
        return length.length == 0
                ? length
                : Bytes.concat(
                                Bytes.of(length),
                                Bytes.of(exactly(pipe, Frame.rest(Bytes.of(length)))))
                        .toArray();
    }

    private static byte[] exactly(Pipe pipe, int size) throws Exception {
        var octets = new byte[size];
        for (int at = 0; at < size; ) {
            int read = pipe.read(octets, at, size - at, LIMIT_MILLIS);
            if (read == 0) {
                throw new IOException("the agent says nothing");
            }
            if (read < 0) {
                return new byte[0];
            }
            at += read;
        }
        return octets;
    }

    /// The end in the middle of a frame keeps nobody.
    private static void half(Bytes hello) throws Exception {
        try (var pipe = Pipe.connect(name())) {
            pipe.write(hello.slice(0, hello.size() - 1).toArray(), LIMIT_MILLIS);
        }
        System.out.println("half: left");
    }

    /// The agent's end is not of the user that we want.
    private static void foreign() throws Exception {
        try (var _ =
                LinkClient.connect(
                        new AgentPipe(new PipeName(name().text(), "S-1-5-18")), "it", "1")) {
            System.out.println("foreign: believed");
        } catch (Refused e) {
            System.out.println("foreign: " + e.kind());
        }
    }

    private static String state() throws Refused {
        try (var agent = connect()) {
            return agent.status().state().toString();
        }
    }

    /// Opens so many connections that ask nothing, and asks on one more.
    private static void many(int count) throws Exception {
        var open = new ArrayList<Pipe>();
        while (open.size() < count) {
            try {
                open.add(Pipe.connect(name()));
            } catch (WindowsException e) {
                if (!e.isMissing() && !e.isPassing()) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
        System.out.println("beside " + count + ": " + state());
        System.out.println("still open: " + open.stream().filter(Pipe::isThere).count());
        open.forEach(Pipe::close);
    }

    /// Takes the agent's place until standard input ends.
    private static void squat() throws Exception {
        try (var _ = PipeServer.open(name())) {
            System.out.println("squatting");
            var _ = System.in.read();
        }
    }
}
