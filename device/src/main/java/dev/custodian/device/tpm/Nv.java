package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import java.io.IOException;

/// What a maker left in a TPM's NV memory for all to read.
final class Nv {
    /// Most octets of an area that is read.
    static final int LONGEST = 8192;

    /// What every TPM gives at once.
    private static final int PIECE = 512;

    private static final int OWNER_READ = 1 << 17;
    private static final int AUTH_READ = 1 << 18;
    private static final int LONGEST_POLICY = 64;
    private static final int LONGEST_NAME = 66;

    private Nv() {}

    /// `TPMS_NV_PUBLIC` (Part 2 §13.6), as far as it is of use.
    private record Area(Command.Entity entity, int attributes, int size) {}

    /// All that is at an index.
    static Bytes read(Tpm tpm, int index) throws IOException {
        var area = area(tpm, index);
        // the index's own authValue is empty; the owner's may be not
        var reader =
                (area.attributes & AUTH_READ) != 0 || (area.attributes & OWNER_READ) == 0
                        ? area.entity
                        : Command.Entity.of(Alg.OWNER);
        var pieces = Bytes.EMPTY;
        while (pieces.size() < area.size) {
            pieces = Bytes.concat(pieces, piece(tpm, reader, area, pieces.size()));
        }
        return pieces;
    }

    /// Part 3 §31.6.
    private static Area area(Tpm tpm, int index) throws IOException {
        return tpm.run(
                Command.of(CommandCode.NV_READ_PUBLIC, new TpmWriter(), Command.Entity.of(index)),
                null,
                (_, in) -> {
                    var area = new TpmReader(in.sized("nvPublic", TpmTransport.LONGEST).toArray());
                    area.require(area.u32("nvIndex") == index, "another index");
                    var _ = area.u16("nameAlg");
                    int attributes = area.u32("attributes");
                    var _ = area.sized("policy", LONGEST_POLICY);
                    int size = area.u16("dataSize");
                    area.require(size <= LONGEST, "an area too long");
                    area.done();
                    var name = in.sized("nvName", LONGEST_NAME);
                    return new Area(new Command.Entity(index, name), attributes, size);
                });
    }

    /// Part 3 §31.13.
    private static Bytes piece(Tpm tpm, Command.Entity reader, Area area, int from)
            throws IOException {
        int size = Math.min(PIECE, area.size - from);
        return tpm.run(
                Command.of(
                        CommandCode.NV_READ,
                        new TpmWriter().u16(size).u16(from),
                        reader,
                        area.entity),
                new Authorization.NoSecret(),
                (_, in) -> {
                    var piece = in.sized("data", size);
                    in.require(piece.size() == size, "a piece of another size");
                    return piece;
                });
    }
}
