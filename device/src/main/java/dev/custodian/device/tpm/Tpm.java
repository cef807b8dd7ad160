package dev.custodian.device.tpm;

import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A TPM behind a transport: sends commands again when it is asked to, and refuses every answer
/// that is not one. For one thread at a time.
public final class Tpm implements AutoCloseable {
    /// Octets of a command or answer before everything else: tag, size, code (Part 1 §18.2).
    static final int HEADER = 10;

    private static final int NO_SESSIONS = 0x8001;
    private static final int SESSIONS = 0x8002;

    /// The first wait before a command is sent again; each next one is twice as long.
    private static final int FIRST_WAIT_MS = 2;

    /// Waits up to 8 s, 16 s in all: a self-test may take some.
    private static final int MOST_TRIES = 14;

    private static final int CAPABILITY_HANDLES = 1;
    private static final int CAPABILITY_PROPERTIES = 6;
    private static final int MOST_VALUES = 254;
    private static final int MANUFACTURER = 0x105;
    private static final int MAKER_PROPERTIES = 5;

    /// `TPM_HT` of what may be left in a TPM: objects, HMAC sessions, policy sessions.
    private static final int[] LEFT_OVER = {0x80000000, 0x02000000, 0x03000000};

    private final TpmTransport transport;
    private final int firstWaitMs;

    /// @param transport closed with this
    public Tpm(TpmTransport transport) {
        this(transport, FIRST_WAIT_MS);
    }

    Tpm(TpmTransport transport, int firstWaitMs) {
        this.transport = transport;
        this.firstWaitMs = firstWaitMs;
    }

    /// Flushes every object and session that programs have left in the TPM. To be called first when
    /// there is no resource manager in between; those of other programs that still run are lost.
    public void flushAll() throws IOException {
        for (int first : LEFT_OVER) {
            for (int handle : handles(first)) {
                flush(handle);
            }
        }
    }

    /// The handles of a kind that are in use.
    ///
    /// @param first `80000000` for objects, `02000000` for sessions, `81000000` for what persists
    public List<Integer> handles(int first) throws IOException {
        return capability(CAPABILITY_HANDLES, first, MOST_VALUES, in -> in.u32("handle"));
    }

    /// What wrong PINs have come to. To be read and shown before a PIN is asked for.
    public Lockout lockout() throws IOException {
        return Lockout.of(properties(Lockout.FIRST, Lockout.COUNT));
    }

    /// Who made it, as it says: the maker's four letters and up to 16 of the maker's choice,
    /// without the spaces around (`TPM_PT_MANUFACTURER`, `TPM_PT_VENDOR_STRING_1` to `_4`).
    public Maker maker() throws IOException {
        var text = new StringBuilder();
        for (var property : properties(MANUFACTURER, MAKER_PROPERTIES)) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                char character = (char) (property.value() >>> shift & 0xff);
                text.append(character >= ' ' && character <= '~' ? character : ' ');
            }
        }
        if (text.length() != 4 * MAKER_PROPERTIES) {
            throw TpmException.malformed(CommandCode.GET_CAPABILITY, "no maker");
        }
        return new Maker(text.substring(0, 4).strip(), text.substring(4).strip());
    }

    /// Who made a TPM.
    public record Maker(String name, String model) {
        /// Whether it is one of the programs that play a TPM, and say so: libtpms in swtpm, and the
        /// reference code.
        public boolean isSimulator() {
            return model.equals("SW   TPM") || model.equals("xCG fTPM");
        }
    }

    private List<Property> properties(int first, int count) throws IOException {
        return capability(
                CAPABILITY_PROPERTIES,
                first,
                count,
                in -> new Property(in.u32("property"), in.u32("value")));
    }

    /// `TPMS_TAGGED_PROPERTY`.
    record Property(int number, int value) {}

    private interface Item<T> {
        T read(TpmReader in) throws MalformedException;
    }

    /// Part 3 §30.2.
    private <T> List<T> capability(int capability, int first, int count, Item<T> item)
            throws IOException {
        var parameters = new TpmWriter().u32(capability).u32(first).u32(count);
        return run(
                Command.of(CommandCode.GET_CAPABILITY, parameters),
                null,
                (_, in) -> {
                    in.require(in.u8("moreData") <= 1, "moreData that is neither yes nor no");
                    in.require(in.u32("capability") == capability, "another capability");
                    int size = in.u32("count");
                    in.require(size >= 0 && size <= count, "more values than asked for");
                    var items = new ArrayList<T>();
                    for (int i = 0; i < size; i++) {
                        items.add(item.read(in));
                    }
                    return items;
                });
    }

    /// The public area of an object (Part 3 §12.4); null when there is no such handle.
    @Nullable TpmPublic readPublic(int handle) throws IOException {
        try {
            return run(
                    Command.of(CommandCode.READ_PUBLIC, new TpmWriter(), Command.Entity.of(handle)),
                    null,
                    (_, in) -> {
                        var area = TpmPublic.decode(in.sized("public", TpmTransport.LONGEST));
                        var name = in.sized("name", TpmTransport.LONGEST);
                        in.require(name.equals(area.name()), "another Name");
                        var _ = in.sized("qualified name", TpmTransport.LONGEST);
                        return area;
                    });
        } catch (TpmException e) {
            if (e.meaning() == Meaning.HANDLE) {
                return null;
            }
            throw e;
        }
    }

    /// Part 3 §28.4: the handle is a parameter there.
    void flush(int handle) throws IOException {
        var _ =
                run(
                        Command.of(CommandCode.FLUSH_CONTEXT, new TpmWriter().u32(handle)),
                        null,
                        (_, in) -> in.left());
    }

    /// Runs a command and makes something of its answer.
    ///
    /// @param authorization of the first entity; null when the command needs none
    <T> T run(
            Command command,
            @Nullable Authorization authorization,
            Command.Parser<? extends T> parser)
            throws IOException {
        return runAll(command, authorization == null ? List.of() : List.of(authorization), parser);
    }

    /// The same for a command that needs several.
    ///
    /// @param authorizations of the first entities, one each
    <T> T runAll(
            Command command,
            List<? extends Authorization> authorizations,
            Command.Parser<? extends T> parser)
            throws IOException {
        var octets = encode(command, authorizations);
        try {
            var answer = decode(command.code(), authorizations, send(command.code(), octets));
            try (var _ = answer.parameters()) {
                var in = answer.reader();
                T made = parser.read(answer.handle(), in);
                in.done();
                return made;
            }
        } catch (MalformedException e) {
            throw TpmException.malformed(command.code(), String.valueOf(e.getMessage()));
        } finally {
            Arrays.fill(octets, (byte) 0);
            command.parameters().close();
        }
    }

    /// Part 1 §18.3.
    private static byte[] encode(Command command, List<? extends Authorization> authorizations) {
        boolean plain = authorizations.isEmpty();
        var auth = new TpmWriter();
        authorizations.forEach(one -> one.authorize(command, auth));
        var authArea = auth.toArray();
        int size =
                HEADER
                        + 4 * command.entities().size()
                        + (plain ? 0 : 4 + authArea.length)
                        + command.parameters().size();
        var out =
                new TpmWriter()
                        .u16(plain ? NO_SESSIONS : SESSIONS)
                        .u32(size)
                        .u32(command.code().number());
        command.entities().forEach(entity -> out.u32(entity.handle()));
        if (!plain) {
            out.u32(authArea.length).raw(authArea);
        }
        out.raw(command.parameters().expose());
        var octets = out.toArray();
        out.wipe();
        return octets;
    }

    /// Sends it until the TPM no longer asks for that: the first use of a key with
    /// dictionary-attack protection after each start, a self-test, an NV memory that needs a rest
    /// (Part 2 §6.6.3). Nothing has changed in the TPM then, so the same octets are good again.
    private byte[] send(CommandCode code, byte[] octets) throws IOException {
        for (int tries = 1, wait = firstWaitMs; ; tries++, wait *= 2) {
            var answer = transport.call(octets);
            if (answer.length < HEADER || ByteBuffer.wrap(answer).getInt(2) != answer.length) {
                throw TpmException.malformed(code, "another length than it says");
            }
            int rc = ByteBuffer.wrap(answer).getInt(6);
            if (rc == 0) {
                return answer;
            }
            if (!Meaning.of(rc).isPassing() || tries == MOST_TRIES) {
                throw TpmException.returned(code, rc);
            }
            pause(wait);
        }
    }

    private static void pause(int milliseconds) throws IOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the TPM was busy");
        }
    }

    /// Part 1 §18.4.
    private static Command.Answer decode(
            CommandCode code, List<? extends Authorization> authorizations, byte[] octets)
            throws MalformedException, TpmException {
        try {
            boolean plain = authorizations.isEmpty();
            var in = new TpmReader(octets);
            int tag = in.u16("tag");
            in.require(tag == (plain ? NO_SESSIONS : SESSIONS), "another tag");
            var _ = in.array("size and code", HEADER - 2);
            int handle = code.givesHandle() ? in.u32("handle") : 0;
            if (plain) {
                return new Command.Answer(handle, Secret.owning(in.array("parameters", in.left())));
            }
            var parameters = in.array("parameters", in.u32("parameterSize"));
            for (var authorization : authorizations) {
                authorization.check(code, parameters, in);
            }
            in.done();
            return new Command.Answer(handle, Secret.owning(parameters));
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
