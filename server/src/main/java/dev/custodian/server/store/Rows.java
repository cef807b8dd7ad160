package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import dev.custodian.core.SignatureScheme;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Result rows become records here, and nowhere else. Every text is checked again: a row may have
/// been written by someone else.
final class Rows {
    static final String OWNER =
            "id, name, public_key, public_key_mac, pin_pepper, pin_salt, pin_seal, factors_mac, failures, not_before,"
                    + " created";
    static final String DEVICE =
            "id, owner, slot, name, spki, share_public, slot_box, state, tries, not_before, created";
    static final String CREDENTIAL =
            "id, owner, purpose, custody, algorithm, spki, policy, version, vault, key_id, mechanism, key,"
                    + " certificates, created, origin";
    static final String AUTHORIZATION =
            "number, id, intent, sad, owner, credential, sender, level, factors, approval, expires, opening,"
                    + " vault, key_id, mechanism";
    static final String DIGEST =
            "authorization, value, hash, state, used_in, epoch, scheme, result";
    static final String RECORD = "number, chain, seq, back, salt, record";

    static final int FREE = 0;
    static final int USED = 1;
    static final int SIGNED = 2;
    static final int UNKNOWN = 3;

    private Rows() {}

    static OwnerRow owner(ResultSet row) throws SQLException, MalformedException {
        return new OwnerRow(
                id(Id.Kind.OWNER, row, 1),
                row.getString(2),
                bytes(row, 3),
                bytes(row, 4),
                row.getLong(5),
                bytes(row, 6),
                bytes(row, 7),
                bytes(row, 8),
                row.getInt(9),
                time(row, 10),
                time(row, 11));
    }

    static DeviceRow device(ResultSet row) throws SQLException, MalformedException {
        return new DeviceRow(
                id(Id.Kind.DEVICE, row, 1),
                id(Id.Kind.OWNER, row, 2),
                id(Id.Kind.SLOT, row, 3),
                row.getString(4),
                bytes(row, 5),
                bytes(row, 6),
                bytes(row, 7),
                word(DeviceRow.State.class, row, 8),
                row.getInt(9),
                time(row, 10),
                time(row, 11));
    }

    static PepperRow pepper(ResultSet row) throws SQLException {
        return new PepperRow(row.getLong(1), bytes(row, 2), time(row, 3));
    }

    static CredentialRow credential(ResultSet row) throws SQLException, MalformedException {
        return new CredentialRow(
                id(Id.Kind.CREDENTIAL, row, 1),
                id(Id.Kind.OWNER, row, 2),
                Purpose.parse(row.getString(3)),
                Custody.parse(row.getString(4)),
                KeyAlgorithm.ofName(row.getString(5)),
                bytes(row, 6),
                bytes(row, 7),
                row.getInt(8),
                Origin.parse(row.getString(15)),
                row.getString(9),
                row.getString(10),
                row.getString(11),
                bytes(row, 12),
                split(bytes(row, 13)),
                time(row, 14));
    }

    static InvitationRow invitation(ResultSet row) throws SQLException, MalformedException {
        var usedBy = row.getString(4);
        return new InvitationRow(
                bytes(row, 1),
                row.getString(2),
                time(row, 3),
                usedBy == null ? null : Id.parse(Id.Kind.OWNER, usedBy));
    }

    static SessionRow session(ResultSet row) throws SQLException, MalformedException {
        return new SessionRow(
                bytes(row, 1),
                bytes(row, 2),
                id(Id.Kind.DEVICE, row, 3),
                row.getString(4),
                time(row, 5));
    }

    static AuthorizationRow authorization(ResultSet row) throws SQLException, MalformedException {
        var factors = row.getString(9);
        return new AuthorizationRow(
                row.getLong(1),
                id(Id.Kind.AUTHORIZATION, row, 2),
                bytes(row, 3),
                bytes(row, 4),
                id(Id.Kind.OWNER, row, 5),
                id(Id.Kind.CREDENTIAL, row, 6),
                row.getString(7),
                word(Level.class, row, 8),
                factors.isEmpty() ? List.of() : Arrays.asList(factors.split(" ")),
                row.getLong(10),
                time(row, 11),
                opening(row, 12));
    }

    static DigestRow digest(ResultSet row) throws SQLException, MalformedException {
        var hash = row.getString(3);
        var state =
                switch (row.getInt(4)) {
                    case FREE -> new DigestRow.Free();
                    case USED -> new DigestRow.Used(row.getLong(5), row.getLong(6), scheme(row, 7));
                    case SIGNED ->
                            new DigestRow.Signed(row.getLong(5), scheme(row, 7), bytes(row, 8));
                    case UNKNOWN -> new DigestRow.Unknown(row.getLong(5), scheme(row, 7));
                    default -> throw new MalformedException("no state of a digest");
                };
        return new DigestRow(
                row.getLong(1),
                bytes(row, 2),
                hash == null ? null : word(HashAlgorithm.class, row, 3),
                state);
    }

    static OpenUse openUse(ResultSet row) throws SQLException {
        return new OpenUse(row.getLong(1), row.getLong(2), row.getLong(3));
    }

    static HeadRow head(ResultSet row) throws SQLException {
        return new HeadRow(row.getLong(1), bytes(row, 2), bytes(row, 3));
    }

    static ChainRow chain(ResultSet row) throws SQLException, MalformedException {
        return new ChainRow(
                row.getLong(1),
                chainId(row.getString(2)),
                row.getLong(3),
                bytes(row, 4),
                row.getLong(5));
    }

    static RecordRow record(ResultSet row) throws SQLException {
        return new RecordRow(
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                bytes(row, 5),
                bytes(row, 6));
    }

    static Bytes bytes(ResultSet row) throws SQLException {
        return bytes(row, 1);
    }

    /// Several values in one column: each preceded by its length.
    static Bytes join(List<Bytes> values) {
        return Bytes.join(values.toArray(Bytes[]::new));
    }

    private static List<Bytes> split(Bytes joined) throws MalformedException {
        var values = new ArrayList<Bytes>();
        for (int at = 0; at < joined.size(); ) {
            if (joined.size() - at < Integer.BYTES) {
                throw new MalformedException("a value without its length");
            }
            int size = ByteBuffer.wrap(joined.slice(at, at + Integer.BYTES).toArray()).getInt();
            at += Integer.BYTES;
            if (size < 0 || size > joined.size() - at) {
                throw new MalformedException("a value longer than its column");
            }
            values.add(joined.slice(at, at + size));
            at += size;
        }
        return values;
    }

    private static Id id(Id.Kind kind, ResultSet row, int column)
            throws SQLException, MalformedException {
        return Id.parse(kind, row.getString(column));
    }

    private static Id chainId(String text) throws MalformedException {
        return Id.parse(
                text.startsWith(Id.Kind.OWNER.prefix()) ? Id.Kind.OWNER : Id.Kind.CREDENTIAL, text);
    }

    private static SignatureScheme scheme(ResultSet row, int column)
            throws SQLException, MalformedException {
        return SignatureScheme.ofCode(row.getInt(column));
    }

    static <E extends Enum<E>> E word(Class<E> words, ResultSet row, int column)
            throws SQLException, MalformedException {
        var text = row.getString(column);
        for (var word : words.getEnumConstants()) {
            if (word.name().equals(text)) {
                return word;
            }
        }
        throw new MalformedException("no " + words.getSimpleName());
    }

    private static Bytes bytes(ResultSet row, int column) throws SQLException {
        return Bytes.of(row.getBytes(column));
    }

    /// An opening in four columns from `column` on.
    static @Nullable Opening opening(ResultSet row, int column)
            throws SQLException, MalformedException {
        var sealed = row.getBytes(column);
        if (sealed == null) {
            return null;
        }
        return new Opening(
                text(row, column + 1),
                text(row, column + 2),
                text(row, column + 3),
                Bytes.of(sealed));
    }

    private static String text(ResultSet row, int column) throws SQLException, MalformedException {
        var text = row.getString(column);
        if (text == null) {
            throw new MalformedException("a column without its text");
        }
        return text;
    }

    private static Instant time(ResultSet row, int column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }
}
